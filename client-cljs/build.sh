#!/usr/bin/env bash
# Compiles and tests the client for ClojureScript; Maven calls it with the class path of the compiler in COMPILER. Without Node.js, or
# without the client for browsers, it says so and does nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
CLIENT=$PWD/../client-js

if ! command -v node >/dev/null; then
  echo "node is not installed: client-cljs is not tested"
  exit 0
fi
if (($(node -p 'process.versions.node.split(".")[0]') < 20)); then
  echo "node $(node --version) is older than 20: client-cljs is not tested"
  exit 0
fi
if [[ ! -f $CLIENT/dist/index.js || ! -d $CLIENT/node_modules/esbuild ]]; then
  echo "client-js has not been built: client-cljs is not tested"
  exit 0
fi

WORK=$PWD/target/test
ESBUILD=$CLIENT/node_modules/esbuild/bin/esbuild
rm -rf "$WORK"
mkdir -p "$WORK/node_modules/@landfall/client" "$WORK/node_modules/landfall-network" "$WORK/guide/my"
cp -r "$CLIENT/package.json" "$CLIENT/dist" "$WORK/node_modules/@landfall/client"

# The network of client-js's own tests, with a server at the other end.
"$ESBUILD" "$CLIENT/test/fetch.ts" --bundle --platform=node --format=cjs --log-level=warning --outfile="$WORK/node_modules/landfall-network/index.js"
echo '{"name":"landfall-network","version":"0.0.0","main":"index.js"}' >"$WORK/node_modules/landfall-network/package.json"

# The code of the guide, as one namespace.
sed -n '/^```clojure$/,/^```$/{/^```/!p}' ../docs/client-cljs.md >"$WORK/guide/my/shopping.cljs"

cd "$WORK"
"${JAVA:-java}" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmn256m -Xss16m -cp "$COMPILER:$OLDPWD/src:$OLDPWD/test:$WORK/guide" clojure.main "$OLDPWD/test/build.clj"
"$ESBUILD" out/main.js --bundle --platform=node --define:this=globalThis --log-level=error --outfile=tests.js
LANDFALL_CONFORMANCE=$OLDPWD/../conformance LANDFALL_REPORT=$OLDPWD/target/surefire-reports node tests.js
