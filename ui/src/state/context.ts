import { createContext } from 'svelte';

import type { View } from './view.svelte';

/** The window's state, for every part of it. */
export const [useView, provideView] = createContext<View>();
