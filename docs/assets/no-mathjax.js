// The notebook's page asks for MathJax, and has no formula: this does nothing, as it would.
window.MathJax = {
  ...window.MathJax,
  typesetPromise: () => Promise.resolve(),
  typesetClear() {},
  texReset() {},
}
