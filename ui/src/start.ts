import { mount } from 'svelte';

import type { Bridge } from './bridge/bridge';
import Lookout from './Lookout.svelte';
import { View } from './state/view.svelte';
import './style/tokens.css';
import './style/base.css';
import './style/places.css';

/**
 * Nothing is drawn for so long, as there is hardly ever more to wait for: to draw a window without rows first takes
 * longer than to have the rows.
 */
const PATIENCE = 200;

/** Shows the window, fed by this bridge, once there is something to show. */
export async function start(bridge: Bridge): Promise<void> {
  const target = document.getElementById('window');
  if (!target) throw new Error('the page has no #window');
  const view = new View(bridge);
  // Words first: something may have been done meanwhile that is said at once.
  await Promise.all([view.try(() => view.learn()), view.settings.load()]);
  await Promise.race([view.start(), new Promise((patient) => setTimeout(patient, PATIENCE))]);
  mount(Lookout, { target, props: { view } });
}
