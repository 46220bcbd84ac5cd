import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { asked, call, get, Refused, session, type Grant, type IndexEntry, type Version, type Violation } from "../api.js";
import { amend, arrived, contents, own, source, type Doc, type Source } from "../documents.js";
import { hints, isObject, lineOf, lines, Misread, nearest, read, same, type Json, type JsonObject, type Place } from "../json.js";
import { person } from "../people.js";
import { href } from "../routes.js";
import { useLoad, usePaged } from "../state.js";
import { ask, attempt, Badge, Button, Check, Copy, docHref, Empty, Form, Input, Loading, More, Page, Problem, Row, Rows, say, Section, Select, Tabs, Time, Who } from "../ui.js";
import { t } from "../words.js";

interface At {
  readonly app: string;
  readonly collection: string;
  readonly docKey: string;
  readonly owner: string | undefined;
  readonly org: string | undefined;
}

export function DocumentPage({ tab, ...at }: At & { tab: string | undefined }) {
  const { app, collection, docKey, owner, org } = at;
  const isNew = tab === "new";
  const opened = useLoad(async () => {
    const from = await source(at);
    if (tab !== undefined) return { from, doc: undefined }; // it is asked for where it is shown
    if (from.here) await arrived(at);
    return { from, doc: await from.get({ key: docKey, owner }) };
  }, [app, collection, docKey, owner, org, tab]);
  const mine = owner === undefined || owner === org;
  const to = (name?: string) => docHref({ app, collection, key: docKey, owner, org }, name);
  const title = isNew ? t("doc.new") : docKey;
  return (
    <Page title={title} back={[href(["app", app, collection], { org }), collection]} lead={!mine && <>{t("doc.of")} <Who id={owner} /></>}>
      {!isNew && <Tabs label={t("doc.tabs")} items={[{ to: to(), text: t("doc.content"), here: tab === undefined }, { to: to("history"), text: t("doc.history"), here: tab === "history" }, { to: to("access"), text: t("doc.access"), here: tab === "access" }]} />}
      <Problem error={opened.error} retry={opened.reload} />
      {opened.loading && !opened.data && <Loading />}
      {opened.data && (isNew || tab === undefined) && (opened.data.doc || isNew ? <Editor at={at} from={opened.data.from} document={opened.data.doc} /> : <Empty title={t("doc.none")}>{t("doc.none.text")} <a href={to("history")}>{t("doc.history")}</a></Empty>)}
      {opened.data && tab === "history" && <History at={at} />}
      {tab === "access" && (mine ? <Access at={at} /> : <Theirs at={at} />)}
    </Page>
  );
}

function Editor({ at, from, document: first }: { at: At; from: Source; document: Doc | undefined }) {
  const { app, collection, owner, org } = at;
  const [base, setBase] = useState(() => own(first));
  const [text, edit] = useState(() => (first ? JSON.stringify(base, null, 2) : ""));
  const [key, setKey] = useState(() => at.docKey || crypto.randomUUID());
  const [violations, complain] = useState<readonly Violation[]>([]);
  const [error, fail] = useState<unknown>();
  const [busy, work] = useState(false);
  const [meanwhile, changed] = useState<JsonObject | undefined>();
  const area = useRef<HTMLTextAreaElement>(null);
  const { data } = useLoad(() => contents(org), [org]);
  const known = useMemo(() => hints(data?.applications.find((one) => one.app === app)?.collections.find(({ name }) => name === collection)?.schema), [data, app, collection]);
  useEffect(() => {
    if (!first && text === "" && data) edit(JSON.stringify(Object.fromEntries(known.filter(({ required }) => required).map(({ name, example }) => [name, example])), null, 2));
  }, [data]);
  const parsed = useMemo((): { value: JsonObject; places: ReadonlyMap<string, Place> } | { at: number; why: string } => {
    try {
      const { value, places } = read(text);
      return isObject(value) ? { value, places } : { at: 0, why: t("edit.object") };
    } catch (e) {
      if (!(e instanceof Misread)) throw e;
      return { at: e.at, why: t(`edit.bad.${e.message}` as "edit.bad.value") };
    }
  }, [text]);
  const value = "value" in parsed ? parsed.value : undefined;
  const isChanged = !first || value === undefined || !same(value, base);
  useEffect(
    () =>
      first &&
      from.watch(() => {
        void from.get({ key: at.docKey, owner }).then((doc) => {
          const now = own(doc);
          setBase((before) => {
            if (!doc || same(now, before)) return before;
            edit((typed) => {
              if (typed === JSON.stringify(before, null, 2)) return JSON.stringify(now, null, 2);
              changed(now);
              return typed;
            });
            return now;
          });
        });
      }),
    [from],
  );
  const show = (start: number, end: number) => {
    const box = area.current!;
    box.focus();
    box.setSelectionRange(start, end);
    const line = lineOf(text, start).line;
    box.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(box).lineHeight));
  };
  const save = async () => {
    if (value === undefined) return "why" in parsed && show(parsed.at, parsed.at + 1);
    work(true);
    complain([]);
    fail(undefined);
    try {
      const kept = await from.save({ key, owner }, value);
      setBase(value);
      changed(undefined);
      say(t(kept === "stored" ? "edit.stored" : "edit.kept"));
      if (!first) location.replace(docHref({ app, collection, key, owner, org }));
    } catch (e) {
      const found = e instanceof Refused ? e.violations : ((e as { violations?: readonly Violation[] }).violations ?? []);
      complain(found);
      if (found.length === 0) fail(e);
    }
    work(false);
  };
  const remove = async () => {
    if (!(await ask({ title: t("doc.delete.title"), text: <p>{t(owner === undefined || owner === org ? "doc.delete.text" : "doc.delete.theirs")}</p>, action: t("delete"), danger: true }))) return;
    if (await attempt(() => from.remove({ key: at.docKey, owner }), t("doc.deleted"))) location.hash = href(["app", app, collection], { org });
  };
  const insert = (name: string, example: Json) => value && edit(JSON.stringify({ ...value, [name]: example }, null, 2));
  const status = "why" in parsed ? t("edit.at", { ...lineOf(text, parsed.at), why: parsed.why }) : violations.length > 0 ? t("edit.refused", { n: violations.length }) : "";
  return (
    <div class={known.length ? "editing" : ""}>
      <form class="editor" onSubmit={(e) => (e.preventDefault(), void save())}>
        {!first && <Input label={t("edit.key")} hint={t("edit.key.hint")} value={key} set={setKey} required maxLength={512} autocomplete="off" spellcheck={false} />}
        {meanwhile && <div class="notice" role="status"><p>{t("edit.meanwhile")}</p><Button onClick={() => (edit(JSON.stringify(meanwhile, null, 2)), changed(undefined))}>{t("edit.theirs")}</Button></div>}
        <label for="json">{t("edit.json")}</label>
        <textarea id="json" ref={area} class="json" value={text} onInput={(e) => edit(e.currentTarget.value)} spellcheck={false} autocomplete="off" autocapitalize="off" rows={Math.min(30, Math.max(10, text.split("\n").length + 1))} aria-invalid={status !== ""} aria-describedby="json-status" />
        <p id="json-status" class={"json-status" + (status ? " bad" : "")} aria-live="polite">{status || t("edit.hint")}</p>
        {violations.length > 0 && (
          <div class="violations" role="alert">
            <ul>
              {violations.map(({ field, message }) => {
                const place = "places" in parsed ? nearest(parsed.places, field) : undefined;
                return <li key={field + message}>{place ? <button type="button" class="link" onClick={() => show(place.start, place.end)}>{field || t("edit.document")} <span class="sub">{t("edit.line", { line: lineOf(text, place.start).line })}</span></button> : <code>{field}</code>} {message}</li>;
              })}
            </ul>
          </div>
        )}
        <Problem error={error} />
        <div class="end">
          {first && <Button kind="danger" onClick={remove}>{t("delete")}</Button>}
          <span class="grow" />
          {first && isChanged && <Button onClick={() => edit(JSON.stringify(base, null, 2))}>{t("edit.undo")}</Button>}
          <Button onClick={() => value && edit(JSON.stringify(value, null, 2))} disabled={value === undefined}>{t("edit.tidy")}</Button>
          <Button type="submit" kind="primary" busy={busy} disabled={!isChanged}>{t("save")}</Button>
        </div>
      </form>
      {known.length > 0 && (
        <aside aria-labelledby="fields-title">
          <h2 id="fields-title">{t("edit.fields")}</h2>
          <ul class="hints">
            {known.map(({ name, type, required, description, example }) => (
              <li key={name}>
                <div><code>{name}</code> {required && <Badge>{t("edit.required")}</Badge>}</div>
                {type && <div class="sub">{type}</div>}
                {description && <div class="sub">{description}</div>}
                {value && !Object.hasOwn(value, name) && <button type="button" class="link" onClick={() => insert(name, example)}>{t("edit.add", { name })}</button>}
              </li>
            ))}
          </ul>
        </aside>
      )}
    </div>
  );
}

/** A value as people read it. */
export const shown = (value: Json | undefined): string => (value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value, null, isObject(value) || Array.isArray(value) ? 2 : undefined));

/** What was, and what is: texts line by line. */
export function Change({ path, from, to }: { path: string; from: Json | undefined; to: Json | undefined }) {
  const isText = typeof from === "string" && typeof to === "string" && (from.includes("\n") || to.includes("\n"));
  return (
    <div class="change">
      <div class="path"><code>{path || "–"}</code></div>
      {isText ? (
        <pre class="lines">{lines(from, to).map(({ is, text }, i) => <span key={i} class={is}>{is === "same" ? "  " : is === "gone" ? "− " : "+ "}{is === "gone" ? <del>{text}</del> : is === "new" ? <ins>{text}</ins> : text}{"\n"}</span>)}</pre>
      ) : (
        <p class="values">{from !== undefined && <del>{shown(from)}</del>} {to !== undefined ? <ins>{shown(to)}</ins> : <span class="sub">{t("history.taken")}</span>}</p>
      )}
    </div>
  );
}

function History({ at }: { at: At }) {
  const { app, collection, docKey, owner, org } = at;
  const page = usePaged(async (before) => {
    const found = await get<{ versions: Version[]; more: boolean }>(`/${encodeURIComponent(app)}/history` + asked({ collection, key: docKey, owner, before, limit: 20 }), { org });
    return { items: found.versions, after: found.more ? found.versions.at(-1)?.commit : undefined };
  }, [app, collection, docKey, owner, org]);
  const restore = async (version: Version) => {
    if (!(await ask({ title: t("history.restore.title"), text: <><p>{t("history.restore.text")}</p><p><Time at={version.at} /></p></>, action: t("history.restore") }))) return;
    if (await attempt(() => call("POST", `/${encodeURIComponent(app)}/history/restore`, { body: { collection, key: docKey, owner, commit: version.commit }, org }), t("history.restored"))) page.reload();
  };
  const take = async (field: string, value: Json | undefined) => {
    await attempt(async () => {
      await amend(at, { key: docKey, owner }, (document) => withValue(document, field, value));
      page.reload();
    }, t("conflicts.taken"));
  };
  return (
    <>
      {page.items.length === 0 && !page.loading && !page.error && <Empty title={t("history.none")}>{t("history.none.text")}</Empty>}
      <ol class="timeline" aria-label={t("doc.history")}>
        {page.items.map((version, i) => (
          <li key={version.commit}>
            <div class="title">
              <h2><Time at={version.at} /></h2>
              {i === 0 ? <Badge kind="good">{t("history.now")}</Badge> : <Button onClick={() => restore(version)}>{t("history.restore")}<span class="hidden"> <Time at={version.at} /></span></Button>}
            </div>
            {Object.entries(version.changed).map(([path, { from, to }]) => <Change key={path} path={path} from={from} to={to} />)}
            {Object.keys(version.changed).length === 0 && <p class="sub">{t("history.nothing")}</p>}
            {version.conflict?.map(({ field, winner, localValue, remoteValue, winnerValue }) => {
              if (winner === "auto-merged") return <p key={field} class="sub merged">{t("conflicts.auto", { field })}</p>;
              const lost = same(winnerValue, localValue) ? remoteValue : localValue;
              return <Sides key={field} path={field} left={winnerValue} leftName={t("conflicts.stayed")} right={lost} rightName={t("conflicts.lost")} take={() => take(field, lost)} />;
            })}
          </li>
        ))}
      </ol>
      <More of={page} />
    </>
  );
}

/** The document with another value at a path. */
export function withValue(document: JsonObject, path: string, value: Json | undefined): JsonObject {
  const [first, ...rest] = path.split(".");
  const name = first!.replace(/%2E/g, ".").replace(/%25/g, "%");
  const next: Record<string, Json> = { ...document };
  const inner = document[name];
  const now = rest.length ? withValue(isObject(inner) ? inner : {}, rest.join("."), value) : value;
  if (now === undefined) delete next[name];
  else next[name] = now;
  return next;
}

/** Two versions side by side. */
export function Sides({ path, left, leftName, right, rightName, take }: { path: string; left: Json | undefined; leftName: string; right: Json | undefined; rightName: string; take?: (() => unknown) | undefined }) {
  return (
    <div class="sides" role="group" aria-label={t("conflicts.field", { field: path })}>
      <p>{t("conflicts.in")} <code>{path}</code></p>
      <div class="two">
        <div><h3>{leftName}</h3><pre>{left === undefined ? t("conflicts.removed") : shown(left)}</pre></div>
        <div><h3>{rightName}</h3><pre>{right === undefined ? t("conflicts.removed") : shown(right)}</pre>{take && <Button onClick={take}>{t("conflicts.take")}</Button>}</div>
      </div>
    </div>
  );
}

const place = ({ app, collection, docKey }: At, what = "") => `/docIndex/${encodeURIComponent(app)}${what}` + asked({ collection, key: docKey });

function Theirs({ at }: { at: At }) {
  const { app, collection, docKey, owner } = at;
  const leave = async () => {
    if (!(await ask({ title: t("access.leave.title"), text: <p>{t("access.leave.text")}</p>, action: t("access.leave"), danger: true }))) return;
    if (await attempt(() => call("DELETE", `/docIndex/${encodeURIComponent(app)}/access` + asked({ collection, key: docKey, owner })), t("access.left"))) location.hash = href(["app", app, collection]);
  };
  return (
    <Section title={t("access.theirs")} lead={t("access.theirs.text")}>
      <Button kind="danger" onClick={leave}>{t("access.leave")}</Button>
    </Section>
  );
}

function Access({ at }: { at: At }) {
  const { org, app } = at;
  const { data: entry, error, loading, reload } = useLoad(() => get<IndexEntry>(place(at), { org }), [at.app, at.collection, at.docKey, org]);
  const [who, setWho] = useState("");
  const [writes, letWrite] = useState(false);
  const [link, told] = useState<string>();
  const [redeem, letRedeem] = useState(false);
  const [linkWrites, letLinkWrite] = useState(false);
  const [uses, setUses] = useState("");
  const change = async (body: object) => {
    await call("PATCH", place(at), { body, org });
    reload();
  };
  const share = async () => {
    const text = who.trim();
    const whom = text.includes("@") ? { email: text } : { userId: text };
    const visibility = entry?.visibility === "private" ? { visibility: "shared" } : {};
    await change({ ...visibility, sharedWith: [{ ...whom, app, ...(writes && { access: "write" }) }] });
    setWho("");
    say(t("access.shared"));
  };
  const unshare = async ({ userId, email, app }: Grant) => {
    if (await ask({ title: t("access.end.title"), text: <p>{t("access.end.text", { who: email ?? "" })} {userId && <Who id={userId} />}</p>, action: t("access.end"), danger: true })) await attempt(() => change({ unshareWith: [{ ...(userId ? { userId } : { email }), app }] }), t("access.ended"));
  };
  const setVisibility = async (visibility: string) => {
    const text = { private: t("visibility.private.text"), shared: t("visibility.shared.text"), org: t("visibility.org.text"), public: t("visibility.public.text") }[visibility];
    if (await ask({ title: t("access.visibility.title"), text: <p>{text}</p>, action: t("access.visibility.do"), danger: visibility === "public" })) await attempt(() => change({ visibility }), t("access.changed"));
  };
  const makeLink = async () => {
    const body = redeem ? { redeem, access: linkWrites ? "write" : "read", ...(uses && { uses: Number(uses) }) } : {};
    const { shareToken } = await call<{ shareToken: string }>("POST", place(at, "/shareToken"), { body, org });
    told(new URL(href(["link", shareToken]), document.baseURI).href);
    reload();
  };
  const endLink = async () => {
    if (await ask({ title: t("link.end.title"), text: <p>{t("link.end.text")}</p>, action: t("link.end"), danger: true })) await attempt(async () => (await call("DELETE", place(at, "/shareToken"), { org }), told(undefined), reload()), t("link.ended"));
  };
  if (!entry) return <>{loading && <Loading />}<Problem error={error instanceof Refused && error.status === 404 ? new Refused(404, "not_yours", "") : error} retry={reload} /></>;
  const inContext = entry.sharedWith;
  return (
    <>
      <Section title={t("access.picture")}>
        <Picture entry={entry} org={org} />
      </Section>
      <Section title={t("access.people")}>
        {inContext.length === 0 && <p class="sub">{t("access.nobody")}</p>}
        <Rows label={t("access.people")}>
          {inContext.map((grant) => (
            <Row key={(grant.userId ?? grant.email) + grant.app} title={grant.userId ? <Who id={grant.userId} /> : grant.email} sub={[t(grant.access === "write" ? "access.writes" : "access.reads"), grant.via === "link" && t("access.via.link"), grant.via === "email" && t("access.via.email", { email: grant.email ?? "" }), grant.pending && t("access.pending")].filter(Boolean).join(" · ")}>
              <Button onClick={() => unshare(grant)}>{t("access.end")}</Button>
            </Row>
          ))}
        </Rows>
        <Form action={t("access.share")} onSubmit={share}>
          <Input label={t("access.who")} hint={t("access.who.hint")} value={who} set={setWho} required autocomplete="off" />
          <Check label={t("access.let")} value={writes} set={letWrite} />
        </Form>
      </Section>
      <Section title={t("access.visibility")}>
        <Select label={t("access.visibility.who")} value={entry.visibility} set={(value) => void setVisibility(value)} options={(["private", "shared", "org", "public"] as const).map((one) => [one, t(`visibility.${one}`)])} />
      </Section>
      <Section title={t("link")} lead={entry.hasShareToken ? t("link.is") : t("link.none")}>
        {entry.shareTokenRedeem && <p>{t(entry.shareTokenRedeem.access === "write" ? "link.redeem.write" : "link.redeem.read")}{entry.shareTokenRedeem.uses !== undefined && " " + t("link.uses", { n: entry.shareTokenRedeem.uses })}</p>}
        {link && <><Copy label={t("link.address")} text={link} /><p class="hint">{t("link.once")}</p></>}
        <Form action={t(entry.hasShareToken ? "link.replace" : "link.make")} kind="" onSubmit={makeLink}>
          <Check label={t("link.redeem")} value={redeem} set={letRedeem} />
          {redeem && <Check label={t("link.write")} value={linkWrites} set={letLinkWrite} />}
          {redeem && <Input label={t("link.howmany")} hint={t("link.howmany.hint")} type="number" min={1} max={10000} value={uses} set={setUses} />}
        </Form>
        {entry.hasShareToken && <p><Button kind="danger" onClick={endLink}>{t("link.end")}</Button></p>}
      </Section>
    </>
  );
}

/** Who has access, as lines from the document: solid for writing, dashed for reading. The list beside it says the same. */
function Picture({ entry, org }: { entry: IndexEntry; org: string | undefined }) {
  const to: { text: string; writes: boolean; sub: string }[] = [{ text: org ? t("access.org") : t("access.you"), writes: true, sub: t("access.owner") }];
  if (entry.visibility === "public") to.push({ text: t("visibility.public"), writes: false, sub: t("access.reads") });
  if (entry.visibility === "org") to.push({ text: t("visibility.org"), writes: false, sub: t("access.reads") });
  if (entry.visibility !== "private") for (const { userId, email, access, pending } of entry.sharedWith.slice(0, 12)) to.push({ text: email ?? nameOf(userId!), writes: access === "write", sub: pending ? t("access.pending") : t(access === "write" ? "access.writes" : "access.reads") });
  if (entry.hasShareToken) to.push({ text: t("access.link"), writes: entry.shareTokenRedeem?.access === "write", sub: t("access.reads") });
  const height = Math.max(1, to.length) * 44 + 8;
  const middle = height / 2;
  return (
    <figure class="picture">
      <svg viewBox={`0 0 360 ${height}`} role="img" aria-label={t("access.picture.label", { who: to.map(({ text, sub }) => `${text}: ${sub}`).join("; ") })}>
        {to.map(({ writes }, i) => <path key={i} d={`M 74 ${middle} C 130 ${middle} 120 ${i * 44 + 26} 168 ${i * 44 + 26}`} class={writes ? "writes" : "reads"} />)}
        <rect x="20" y={middle - 24} width="54" height="48" rx="8" class="doc" />
        <path d={`M 34 ${middle - 8} h 26 M 34 ${middle} h 26 M 34 ${middle + 8} h 16`} class="text" />
        {to.map(({ text, sub }, i) => (
          <g key={i}>
            <circle cx="180" cy={i * 44 + 26} r="11" class="who" />
            <text x="198" y={i * 44 + 24}>{text.length > 22 ? text.slice(0, 21) + "…" : text}</text>
            <text x="198" y={i * 44 + 38} class="sub">{sub}</text>
          </g>
        ))}
      </svg>
      {entry.sharedWith.length > 12 && <figcaption>{t("access.more", { n: entry.sharedWith.length - 12 })}</figcaption>}
      {entry.visibility === "private" && entry.sharedWith.length > 0 && <figcaption>{t("access.kept")}</figcaption>}
    </figure>
  );
}
const nameOf = (id: string) => person(id)?.displayName ?? (id === session.value?.userId ? session.value.name : id.slice(0, 8) + "…");
