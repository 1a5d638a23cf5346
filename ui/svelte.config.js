import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

// The page says of nothing what it is made of.
export default { preprocess: vitePreprocess(), compilerOptions: { discloseVersion: false } };
