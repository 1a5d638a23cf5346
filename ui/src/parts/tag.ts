// A system without a language (`LANG=C`) has WebKit say that it is "C", which is no language tag: whoever asks for a number
// format by it fails, as uPlot does while it is loaded. This goes before it.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
}

export {};
