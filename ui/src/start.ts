import { mount } from 'svelte';

import type { Bridge } from './bridge/bridge';
import Lookout from './Lookout.svelte';
import { View } from './state/view.svelte';
import './style/tokens.css';
import './style/base.css';
import './style/places.css';

/** Shows the window, fed by this bridge. */
export function start(bridge: Bridge): void {
  const target = document.getElementById('window');
  if (!target) throw new Error('the page has no #window');
  const view = new View(bridge);
  mount(Lookout, { target, props: { view } });
  view.start();
}
