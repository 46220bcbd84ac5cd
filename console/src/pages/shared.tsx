import { asked, call, get, session, type IndexEntry } from "../api.js";
import { contents, type Doc } from "../documents.js";
import { summary } from "../json.js";
import { href } from "../routes.js";
import { usePaged } from "../state.js";
import { ask, attempt, Badge, Button, docHref, Empty, More, Page, Row, Rows, Tabs, Time, Who } from "../ui.js";
import { count, t } from "../words.js";

export function Shared({ tab }: { tab: string | undefined }) {
  const at = (name?: string) => href(["shared"], { tab: name });
  return (
    <Page title={t("shared")} lead={t("shared.lead")}>
      <Tabs label={t("shared")} items={[{ to: at(), text: t("shared.by"), here: tab === undefined }, { to: at("links"), text: t("shared.links"), here: tab === "links" }, { to: at("with"), text: t("shared.with"), here: tab === "with" }]} />
      {tab === "with" ? <WithMe /> : <ByMe key={tab} links={tab === "links"} />}
    </Page>
  );
}

export const shareSub = ({ visibility, sharedWith, hasShareToken, deleted }: IndexEntry): string =>
  [visibility !== "shared" && t(`visibility.${visibility}`), sharedWith.length > 0 && count("people", sharedWith.length), hasShareToken && t("access.link"), deleted && t("shared.deleted")].filter(Boolean).join(" · ");

function ByMe({ links }: { links: boolean }) {
  const page = usePaged(async (after) => {
    const items: IndexEntry[] = [];
    do {
      const found: { shares: IndexEntry[]; after?: string } = await get("/account/shares" + asked({ after, limit: 500 }));
      items.push(...found.shares.filter(({ hasShareToken }) => !links || hasShareToken));
      after = found.after;
    } while (after !== undefined && items.length < 50);
    return { items, after };
  }, [links]);
  const end = async ({ app, collection, docKey }: IndexEntry) => {
    if (await ask({ title: t("link.end.title"), text: <p>{t("link.end.text")}</p>, action: t("link.end"), danger: true })) if (await attempt(() => call("DELETE", `/docIndex/${encodeURIComponent(app)}/shareToken` + asked({ collection, key: docKey })), t("link.ended"))) page.reload();
  };
  return (
    <>
      {!page.loading && !page.error && page.items.length === 0 && !page.more && <Empty title={t(links ? "shared.links.none" : "shared.by.none")}>{t("shared.by.none.text")}</Empty>}
      {page.items.length > 0 && (
        <Rows label={t(links ? "shared.links" : "shared.by")}>
          {page.items.map((entry) => (
            <Row key={entry.app + "/" + entry.collection + "/" + entry.docKey} to={docHref({ app: entry.app, collection: entry.collection, key: entry.docKey }, "access")} title={entry.docKey} sub={<>{entry.app} / {entry.collection} · {shareSub(entry)}</>} side={links ? entry.shareTokenExpiresAt ? <>{t("link.until")} <Time at={entry.shareTokenExpiresAt} /></> : <Badge>{t("link.endless")}</Badge> : <Time at={entry.updatedAt} />}>
              {links && <Button onClick={() => end(entry)}>{t("link.end")}<span class="hidden"> {entry.docKey}</span></Button>}
            </Row>
          ))}
        </Rows>
      )}
      <More of={page} />
    </>
  );
}

interface Place {
  readonly app: string;
  readonly collection: string;
  readonly doc: Doc;
}

/** Asked collection by collection: those that are configured, and those of one's own. */
function WithMe() {
  const page = usePaged(async (after) => {
    const { applications } = await contents();
    const all = applications.flatMap(({ app, collections }) => collections.map(({ name }) => ({ app, collection: name })));
    const me = session.value!.userId;
    const items: Place[] = [];
    let [index, inner] = after === undefined ? [0, undefined] : (JSON.parse(after) as [number, string | undefined]);
    while (index < all.length && items.length < 50) {
      const { app, collection } = all[index]!;
      const found: { results: Doc[]; after?: string } = await call("POST", `/${encodeURIComponent(app)}/search`, { body: { collection, owners: true, limit: 50, filter: { type: "filter", field: "_owner", op: "ne", value: me }, after: inner ?? undefined } });
      items.push(...found.results.map((doc) => ({ app, collection, doc })));
      inner = found.after;
      if (inner === undefined) index++;
    }
    return { items, after: index < all.length ? JSON.stringify([index, inner]) : undefined };
  }, []);
  return (
    <>
      {!page.loading && !page.error && page.items.length === 0 && !page.more && <Empty title={t("shared.with.none")}>{t("shared.with.none.text")}</Empty>}
      {page.items.length > 0 && (
        <Rows label={t("shared.with")}>
          {page.items.map(({ app, collection, doc }) => <Row key={app + collection + doc._owner + doc._key} to={docHref({ app, collection, key: doc._key, owner: doc._owner })} title={doc._key} sub={<>{app} / {collection} · {summary(doc, 80)}</>} side={<Who id={doc._owner} />} />)}
        </Rows>
      )}
      <More of={page} />
    </>
  );
}
