import { useEffect, useState } from "preact/hooks";
import { arrived, contents, source, type Source } from "../documents.js";
import { summary } from "../json.js";
import { NOTHING, OPERATORS, question, read, write, type Asked, type Row as Condition } from "../query.js";
import { href } from "../routes.js";
import { useLoad, usePaged } from "../state.js";
import { ask, attempt, Badge, Button, Check, docHref, Empty, Input, Loading, More, Page, Problem, Row, Rows, Select, Who } from "../ui.js";
import { count, t } from "../words.js";
import type { Doc } from "../documents.js";

const PAGE = 50;

const TITLES = ["title", "name", "label", "subject", "text"];
const titleIn = (doc: Doc): string | undefined => TITLES.find((name) => typeof doc[name] === "string" && doc[name] !== "");
const titleOf = (doc: Doc): string => {
  const name = titleIn(doc);
  return name === undefined ? doc._key : String(doc[name]).slice(0, 100);
};

export function CollectionPage({ app, collection, org, asked }: { app: string; collection: string; org: string | undefined; asked: string | undefined }) {
  const where = { app, collection, org };
  const opened = useLoad(async () => {
    const from = await source(where);
    if (from.here) await arrived(where);
    return from;
  }, [app, collection, org]);
  return (
    <Page title={collection} back={[href(["app", app], { org }), app]} actions={<a class="button primary" href={docHref({ app, collection, key: "", org }, "new")}>{t("list.new")}</a>}>
      <Problem error={opened.error} retry={opened.reload} />
      {opened.loading && !opened.data && <Loading />}
      {opened.data && <List from={opened.data} app={app} collection={collection} org={org} asked={read(asked)} />}
    </Page>
  );
}

function List({ from, app, collection, org, asked }: { from: Source; app: string; collection: string; org: string | undefined; asked: Asked }) {
  const [total, setTotal] = useState<number | undefined>();
  const [chosen, choose] = useState<ReadonlyMap<string, Doc>>(new Map());
  const key = JSON.stringify(asked);
  const page = usePaged(async (after) => {
    const found = await from.find(question(asked), PAGE, after);
    setTotal(found.total);
    return found;
  }, [from, key]);
  useEffect(() => from.watch(page.reload), [from, key]);
  const remove = async () => {
    const all = [...chosen.values()];
    if (!(await ask({ title: t("list.delete.title", { n: all.length }), text: <><p>{t("list.delete.text")}</p><ul>{all.slice(0, 5).map((doc) => <li key={doc._key}>{titleOf(doc)}</li>)}{all.length > 5 && <li>…</li>}</ul></>, action: t("delete"), danger: true }))) return;
    choose(new Map());
    await attempt(async () => {
      for (const doc of all) await from.remove({ key: doc._key, owner: doc._owner });
      page.reload();
    }, count("list.deleted", all.length));
  };
  const mark = (doc: Doc, on: boolean) => {
    const next = new Map(chosen);
    if (on) next.set(doc._key, doc);
    else next.delete(doc._key);
    choose(next);
  };
  return (
    <>
      <Search asked={asked} set={(next) => (location.hash = href(["app", app, collection], { org, q: write(next) }))} app={app} collection={collection} org={org} />
      <div class="above">
        <p role="status">{!page.loading && (total !== undefined ? count("documents", total) : page.items.length > 0 && t("list.shown", { n: page.items.length }))} {!from.here && <Badge>{t("list.server")}</Badge>}</p>
        {chosen.size > 0 && <Button kind="danger" onClick={remove}>{count("list.delete", chosen.size)}</Button>}
      </div>
      {!page.loading && page.items.length === 0 && !page.error && (key === JSON.stringify(NOTHING) ? <Empty title={t("list.none")}>{t("list.none.text")}</Empty> : <Empty title={t("list.nothing")}>{t("list.nothing.text")}</Empty>)}
      {page.items.length > 0 && (
        <Rows label={t("list.label", { collection })}>
          {page.items.map((doc) => (
            <Row
              key={(doc._owner ?? "") + "/" + doc._key}
              icon={doc._owner === undefined ? <input type="checkbox" aria-label={t("list.choose", { title: titleOf(doc) })} checked={chosen.has(doc._key)} onChange={(e) => mark(doc, e.currentTarget.checked)} /> : <span class="noicon" />}
              to={docHref({ app, collection, key: doc._key, owner: doc._owner, org })}
              title={titleOf(doc)}
              sub={<>{titleOf(doc) !== doc._key && <code>{doc._key}</code>} {summary(doc, 120, titleIn(doc))}</>}
              side={doc._owner !== undefined && <Badge>{t("list.of")} <Who id={doc._owner} /></Badge>}
            />
          ))}
        </Rows>
      )}
      <More of={page} />
    </>
  );
}

function Search({ asked, set, app, collection, org }: { asked: Asked; set: (asked: Asked) => void; app: string; collection: string; org: string | undefined }) {
  const [draft, edit] = useState(asked);
  const [open, show] = useState(asked.rows.length > 0 || asked.sort !== "");
  useEffect(() => edit(asked), [JSON.stringify(asked)]);
  const { data } = useLoad(() => contents(org), [org]);
  const info = data?.applications.find((one) => one.app === app)?.collections.find(({ name }) => name === collection);
  const schema = info?.schema as { properties?: Record<string, unknown> } | undefined;
  const fields = [...new Set([...(info?.indexes ?? []), ...Object.keys(schema?.properties ?? {})])];
  const row = (i: number, change: Partial<Condition>) => edit({ ...draft, rows: draft.rows.map((one, at) => (at === i ? { ...one, ...change } : one)) });
  return (
    <form class="search" role="search" onSubmit={(e) => (e.preventDefault(), set(draft))}>
      <div class="words">
        <Input label={t("search.words")} type="search" value={draft.text} set={(text) => edit({ ...draft, text })} maxLength={1000} />
        <Button type="submit" kind="primary">{t("search.go")}</Button>
        <Button aria-expanded={open} onClick={() => show(!open)}>{t("search.more")}</Button>
      </div>
      {open && (
        <fieldset>
          <legend>{t("search.conditions")}</legend>
          {draft.rows.length > 1 && <Select label={t("search.match")} value={draft.all ? "all" : "any"} set={(value) => edit({ ...draft, all: value === "all" })} options={[["all", t("search.all")], ["any", t("search.any")]]} />}
          {draft.rows.map((one, i) => (
            <div class="condition" key={i}>
              <Input label={t("search.field", { n: i + 1 })} value={one.field} set={(field) => row(i, { field })} list="fields" autocomplete="off" spellcheck={false} />
              <Select label={t("search.op", { n: i + 1 })} value={one.op} set={(op) => row(i, { op: op as Condition["op"] })} options={OPERATORS.map((op) => [op, t(`op.${op}`)])} />
              <Input label={t("search.value", { n: i + 1 })} value={one.value} set={(value) => row(i, { value })} autocomplete="off" spellcheck={false} />
              <Button aria-label={t("search.remove", { n: i + 1 })} onClick={() => edit({ ...draft, rows: draft.rows.filter((_, at) => at !== i) })}>✕</Button>
            </div>
          ))}
          <datalist id="fields">{["_key", ...fields].map((field) => <option key={field} value={field} />)}</datalist>
          <p class="row"><Button onClick={() => edit({ ...draft, rows: [...draft.rows, { field: "", op: "eq", value: "" }] })}>{t("search.add")}</Button></p>
          <div class="condition">
            <Input label={t("search.sort")} value={draft.sort} set={(sort) => edit({ ...draft, sort })} list="fields" autocomplete="off" spellcheck={false} />
            <Check label={t("search.descending")} value={draft.descending} set={(descending) => edit({ ...draft, descending })} />
          </div>
          <p class="hint">{t("search.hint")}</p>
          <p class="row"><Button type="submit" kind="primary">{t("search.go")}</Button><Button onClick={() => set(NOTHING)}>{t("search.clear")}</Button></p>
        </fieldset>
      )}
    </form>
  );
}
