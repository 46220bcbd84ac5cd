import { asked, get, session, type AuditEntry } from "../api.js";
import { usePaged } from "../state.js";
import type { Text } from "../texts.js";
import { Empty, More, Page, Time, Who } from "../ui.js";
import { isText, moment, t } from "../words.js";

export const deed = (what: string): string => (isText("did." + what) ? t(("did." + what) as Text) : what.replace(/_/g, " "));

/** What something was done to: the way to a document, and who else is concerned. */
function On({ on }: { on: AuditEntry["on"] }) {
  const { application, collection, key, user, ...others } = on;
  const way = [application, collection, key].filter((name) => name !== undefined).join(" / ");
  return (
    <>
      {way}
      {user !== undefined && <div>{user === session.value?.userId ? t("who.you") : <Who id={user} />}</div>}
      {Object.entries(others).map(([kind, value]) => <div key={kind}><span class="sub">{isText("on." + kind) ? t(("on." + kind) as Text) : kind}</span> <code title={value}>{value.length > 20 ? value.slice(0, 8) + "…" : value}</code></div>)}
    </>
  );
}

/** The audit trail of one route. */
export function Trail({ route, org }: { route: string; org?: string | undefined }) {
  const page = usePaged(async (after) => {
    const { entries, after: next } = await get<{ entries: AuditEntry[]; after?: string }>(route + asked({ after, limit: 50 }), { org });
    return { items: entries, after: next };
  }, [route]);
  return (
    <>
      {!page.loading && !page.error && page.items.length === 0 && <Empty title={t("activity.none")}>{t("activity.none.text")}</Empty>}
      {page.items.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={t("activity")}>
          <table>
            <thead><tr><th scope="col">{t("activity.when")}</th><th scope="col">{t("activity.who")}</th><th scope="col">{t("activity.what")}</th><th scope="col">{t("activity.on")}</th><th scope="col">{t("activity.from")}</th></tr></thead>
            <tbody>
              {page.items.map((entry, i) => (
                <tr key={entry.at + i}>
                  <td title={moment(entry.at)}><Time at={entry.at} /></td>
                  <td>{entry.who === session.value?.userId ? t("who.you") : <Who id={entry.who} />}</td>
                  <td>{deed(entry.what)}</td>
                  <td><On on={entry.on} /></td>
                  <td>{entry.from ?? ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <More of={page} />
    </>
  );
}

export const Activity = () => <Page title={t("activity")} lead={t("activity.lead")}><Trail route="/account/audit" /></Page>;
