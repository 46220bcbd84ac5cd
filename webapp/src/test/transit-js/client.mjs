// Writes every kind of value that transit-js has, reads it back in both JSON forms, and compares.
import transit from "transit-js";

const [server, token] = process.argv.slice(2);
const k = transit.keyword;

const ask = async (path, type, body) => {
  const answer = await fetch(server + path, {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${token}`, Accept: type, "Content-Type": type },
    body,
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
  return transit.reader("json").read(text);
};

const value = transit.map([
  k("title"), "Milk",
  k("ns/name"), k("ns/value"),
  k("_id"), transit.symbol("sym"),
  k("tags"), transit.set([k("a"), "b", 3]),
  k("list"), transit.list([1, [2], transit.map(["string", 1, "other", 2])]),
  k("uuid"), transit.uuid("6fe8b9e8-8e1e-4cb9-8d92-2b2f0b2ff5ea"),
  k("when"), new Date(1467224728123),
  k("big"), transit.bigInt("123456789012345678901234567890"),
  k("exact"), transit.bigDec("1.10"),
  k("long"), transit.integer("9007199254740993"),
  k("uri"), transit.uri("http://example.org/"),
  k("bytes"), transit.binary("AQID"),
  k("composite"), transit.map([[1, 2], k("v"), transit.set([3]), null]),
  k("tagged"), transit.tagged("point", [1, 2]),
  k("text"), ["~", "^", "`x", "~:looks", "^ ", "~5 kg", ""],
  k("numbers"), [1.5, -0.25, 1e300, NaN, Infinity],
  k("nested"), transit.map([k("deep"), transit.map([k("er"), true]), k("title"), k("title")]),
]);

for (const type of ["application/transit+json", "application/transit+json;verbose"]) {
  const id = type.includes("verbose") ? "js:verbose" : "js:terse";
  const writer = transit.writer(type.includes("verbose") ? "json-verbose" : "json");
  const doc = transit.map([k("id"), id, k("value"), value, k("version"), 0]);
  const written = await ask("/sync", type, writer.write(transit.map([k("docs"), [doc]])));
  const accepted = written.get(k("accepted"));
  if (accepted.length !== 1 || accepted[0].get(k("version")) !== 1) throw new Error(`${written}`);
  const pulled = await ask("/sync?group=js", type);
  const told = pulled.get(k("docs")).find((one) => one.get(k("id")) === id);
  const plain = (v) => transit.writer("json-verbose").write(v);
  const same = (key) => {
    const [a, b] = [value.get(key), told.get(k("value")).get(key)];
    return transit.equals(a, b) || plain(a) === plain(b); // NaN equals nothing
  };
  for (const key of value.keys()) {
    if (!same(key)) throw new Error(`${type}: ${plain(told.get(k("value")))}`);
  }
  if (told.get(k("value")).size !== value.size) throw new Error("another size");
}
console.log("all equal");
