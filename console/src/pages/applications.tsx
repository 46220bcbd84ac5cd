import { useState } from "preact/hooks";
import { get, type Organisation } from "../api.js";
import { contents } from "../documents.js";
import { href } from "../routes.js";
import { useLoad } from "../state.js";
import { Bars, Empty, Form, Input, Loading, Page, Problem, Row, Rows, Section, Select } from "../ui.js";
import { bytes, count, t } from "../words.js";

/** Whose documents: one's own, or an organisation's. */
export function Whose({ org, to }: { org: string | undefined; to: (org: string | undefined) => string }) {
  const { data } = useLoad(() => get<{ orgs: Organisation[] }>("/orgs"), []);
  if (!data?.orgs.length) return null;
  return <Select label={t("whose")} value={org ?? ""} set={(chosen) => (location.hash = to(chosen || undefined))} options={[["", t("whose.mine")], ...data.orgs.map(({ orgId, name }) => [orgId, name] as const)]} />;
}

export function Applications({ org }: { org: string | undefined }) {
  const { data, error, loading, reload } = useLoad(() => contents(org), [org]);
  const used = data?.applications.filter(({ bytes }) => bytes > 0) ?? [];
  return (
    <Page title={t("apps")} lead={t("apps.lead")} actions={<Whose org={org} to={(org) => href([], { org })} />}>
      <Problem error={error} retry={reload} />
      {loading && !data && <Loading />}
      {data && data.applications.length === 0 && <Empty title={t("apps.none")}>{t("apps.none.text")}</Empty>}
      {data && (
        <Rows label={t("apps")}>
          {data.applications.map(({ app, description, documents, collections }) => (
            <Row key={app} to={href(["app", app], { org })} title={app} sub={description} side={<>{count("documents", documents)}<br />{count("collections", collections.length)}</>} />
          ))}
        </Rows>
      )}
      {used.length > 1 && <Section title={t("apps.space")}><Bars label={t("apps.space")} items={used.map(({ app, bytes }) => ({ name: app, value: bytes, to: href(["app", app], { org }) })).sort((a, b) => b.value - a.value)} text={bytes} /></Section>}
    </Page>
  );
}

export function ApplicationPage({ app, org }: { app: string; org: string | undefined }) {
  const { data, error, loading, reload } = useLoad(() => contents(org), [app, org]);
  const [name, setName] = useState("");
  const found = data?.applications.find((one) => one.app === app);
  return (
    <Page title={app} lead={found?.description} back={[href([], { org }), t("apps")]}>
      <Problem error={error} retry={reload} />
      {loading && !data && <Loading />}
      {data && !found && <Empty title={t("app.none")}>{t("app.none.text")}</Empty>}
      {found && (
        <>
          <Section title={t("app.collections")}>
            {found.collections.length === 0 && <Empty title={t("app.empty")}>{t("app.empty.text")}</Empty>}
            <Rows label={t("app.collections")}>
              {found.collections.map(({ name, schema, indexes }) => <Row key={name} to={href(["app", app, name], { org })} title={name} sub={[schema !== undefined && t("app.schema"), indexes && t("app.indexes", { fields: indexes.join(", ") })].filter(Boolean).join(" · ")} />)}
            </Rows>
          </Section>
          <Section title={t("app.other")} lead={t("app.other.lead")}>
            <Form row action={t("app.open")} kind="" onSubmit={async () => void (location.hash = href(["app", app, name.trim()], { org }))}>
              <Input label={t("app.name")} value={name} set={setName} required maxLength={128} autocomplete="off" />
            </Form>
          </Section>
        </>
      )}
    </Page>
  );
}
