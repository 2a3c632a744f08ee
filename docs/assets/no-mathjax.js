// The notebook's page asks for MathJax, and has no formula.
