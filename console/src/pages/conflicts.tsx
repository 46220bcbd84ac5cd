import { useEffect, useState } from "preact/hooks";
import type { Conflict, Documents } from "@landfall/client/collection";
import { asked, call, get, session, type Version } from "../api.js";
import { amend, contents, MOST, replica, type Doc, type Where } from "../documents.js";
import { same, type Json } from "../json.js";
import { useLoad } from "../state.js";
import { attempt, Badge, Button, docHref, Empty, Form, Loading, Page, Problem, Progress, Section, Select } from "../ui.js";
import { count, t } from "../words.js";
import { Sides, withValue } from "./document.js";

interface Opened {
  readonly where: Where;
  readonly documents: Documents<Doc>;
}

/** What this device has been told and nobody has decided about; and what the histories of the server know. */
export function Conflicts() {
  const { data, error, loading, reload } = useLoad(async () => {
    const { applications } = await contents();
    const all: Opened[] = [];
    for (const { app, documents, collections } of applications) {
      if (documents > 0 && documents <= MOST) for (const { name } of collections) all.push({ where: { app, collection: name }, documents: (await replica({ app, collection: name })) as unknown as Documents<Doc> });
    }
    return { all, applications };
  }, []);
  return (
    <Page title={t("conflicts")} lead={t("conflicts.lead")}>
      <Problem error={error} retry={reload} />
      {loading && !data && <Loading />}
      {data && <Told all={data.all} />}
      {data && <Known collections={data.applications.flatMap(({ app, documents, collections }) => (documents > 0 ? collections.map(({ name }) => ({ app, collection: name })) : []))} />}
    </Page>
  );
}

function Told({ all }: { all: readonly Opened[] }) {
  const [, draw] = useState(0);
  useEffect(() => {
    const stops = all.flatMap(({ documents }) => [documents.conflicts.subscribe(() => draw((n) => n + 1)), documents.inbox.subscribe(() => draw((n) => n + 1))]);
    return () => stops.forEach((stop) => stop());
  }, [all]);
  const conflicts = all.flatMap(({ where, documents }) => documents.conflicts.getSnapshot().map((conflict) => ({ where, conflict })));
  const refused = all.flatMap(({ where, documents }) => documents.inbox.list().map((item) => ({ where, documents, item })));
  return (
    <>
      <Section title={t("conflicts.here")} lead={t("conflicts.here.lead")}>
        {conflicts.length === 0 && <Empty title={t("conflicts.none")}>{t("conflicts.none.text")}</Empty>}
        {conflicts.map(({ where, conflict }) => <One key={where.app + where.collection + conflict.n} where={where} conflict={conflict} />)}
      </Section>
      {refused.length > 0 && (
        <Section title={t("refused")} lead={t("refused.lead")}>
          {refused.map(({ where, documents, item }) => (
            <article class="card" key={where.app + where.collection + item.n}>
              <h3><a href={docHref({ app: where.app, collection: where.collection, key: item.key, owner: item.owner })}>{item.key}</a> <Badge kind="bad">{item.code}</Badge></h3>
              <pre>{JSON.stringify(item.doc, null, 2)}</pre>
              <div class="end">
                <Button onClick={() => attempt(async () => documents.inbox.drop(item.n!), t("refused.dropped"))}>{t("refused.drop")}</Button>
                <Button onClick={() => attempt(async () => documents.inbox.copy(item.n!), t("refused.copied"))}>{t("refused.copy")}</Button>
                <Button onClick={() => attempt(async () => documents.inbox.retry(item.n!), t("refused.retried"))}>{t("refused.retry")}</Button>
              </div>
            </article>
          ))}
        </Section>
      )}
    </>
  );
}

function One({ where, conflict }: { where: Where; conflict: Conflict }) {
  const mine = conflict.winner === "mine";
  return (
    <article class="card">
      <h3><a href={docHref({ ...where, key: conflict._key })}>{conflict._key}</a></h3>
      <Sides path={conflict.field} left={mine ? conflict.mine : conflict.theirs} leftName={t(mine ? "conflicts.mine.stayed" : "conflicts.theirs.stayed")} right={mine ? conflict.theirs : conflict.mine} rightName={t(mine ? "conflicts.theirs" : "conflicts.mine")} take={() => attempt(() => conflict.take(), t("conflicts.taken"))} />
      <div class="end"><Button onClick={() => attempt(() => conflict.keep(), t("conflicts.kept"))}>{t("conflicts.keep")}</Button></div>
    </article>
  );
}

const LOOKED_AT = 30;

/** Conflicts of other devices, in the histories of what was changed last. */
function Known({ collections }: { collections: readonly Where[] }) {
  const name = ({ app, collection }: Where) => app + " / " + collection;
  const [chosen, choose] = useState(0);
  const [at, go] = useState<number | undefined>();
  const [found, tell] = useState<{ where: Where; doc: Doc; version: Version; field: string; stayed: Json | undefined; lost: Json | undefined }[]>();
  if (collections.length === 0) return null;
  const look = async () => {
    const where = collections[chosen]!;
    const { results } = await call<{ results: Doc[] }>("POST", `/${encodeURIComponent(where.app)}/search`, { body: { collection: where.collection, owners: true, sort: [{ field: "_rev", dir: "desc" }], limit: LOOKED_AT, fields: ["_key"] } });
    const all: NonNullable<typeof found> = [];
    for (const [i, { _key, _owner }] of results.entries()) {
      const doc = { _key, ...(_owner !== session.value?.userId && { _owner }) } as Doc;
      go(i);
      const { versions } = await get<{ versions: Version[] }>(`/${encodeURIComponent(where.app)}/history` + asked({ collection: where.collection, key: doc._key, owner: doc._owner, limit: 20 }));
      for (const version of versions) for (const { field, winner, winnerValue, localValue, remoteValue } of version.conflict ?? []) if (winner !== "auto-merged") all.push({ where, doc, version, field, stayed: winnerValue, lost: same(winnerValue, localValue) ? remoteValue : localValue });
    }
    go(undefined);
    tell(all);
  };
  return (
    <Section title={t("conflicts.known")} lead={t("conflicts.known.lead", { n: LOOKED_AT })}>
      <Form row action={t("conflicts.look")} kind="" onSubmit={look}>
        <Select label={t("conflicts.where")} value={String(chosen)} set={(value) => choose(Number(value))} options={collections.map((where, i) => [String(i), name(where)])} />
      </Form>
      {at !== undefined && <Progress label={t("conflicts.looking")} value={at} max={LOOKED_AT} />}
      {at === undefined && found && (found.length === 0 ? <p role="status">{t("conflicts.known.none")}</p> : <p role="status">{count("conflicts.known", found.length)}</p>)}
      {at === undefined && found?.map(({ where, doc, version, field, stayed, lost }) => (
        <article class="card" key={doc._key + version.commit + field}>
          <h3><a href={docHref({ ...where, key: doc._key, owner: doc._owner }, "history")}>{doc._key}</a></h3>
          <Sides path={field} left={stayed} leftName={t("conflicts.stayed")} right={lost} rightName={t("conflicts.lost")} take={() => attempt(async () => {
            await amend(where, { key: doc._key, owner: doc._owner }, (document) => withValue(document, field, lost));
          }, t("conflicts.taken"))} />
        </article>
      ))}
    </Section>
  );
}
