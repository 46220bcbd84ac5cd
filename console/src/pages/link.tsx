import { call, get } from "../api.js";
import type { JsonObject } from "../json.js";
import { useLoad } from "../state.js";
import { attempt, Button, docHref, Loading, Page, Problem } from "../ui.js";
import { t } from "../words.js";

/** What is behind a link that somebody has given. */
export function LinkPage({ token }: { token: string }) {
  const at = "/shared/" + encodeURIComponent(token);
  const { data, error, loading, reload } = useLoad(() => get<JsonObject>(at), [at]);
  const redeem = () => attempt(async () => {
    const { app, collection, key, owner } = await call<{ app: string; collection: string; key: string; owner: string }>("POST", at + "/redeem");
    location.hash = docHref({ app, collection, key, owner });
  }, t("link.redeemed"));
  return (
    <Page title={t("link.page")} lead={t("link.page.lead")} actions={data && <Button kind="primary" onClick={redeem}>{t("link.take")}</Button>}>
      <Problem error={error} retry={reload} />
      {loading && <Loading />}
      {data && <pre class="content" tabIndex={0} aria-label={t("doc.content")}>{JSON.stringify(Object.fromEntries(Object.entries(data).filter(([name]) => !name.startsWith("_"))), null, 2)}</pre>}
    </Page>
  );
}
