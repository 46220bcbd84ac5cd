import { useState } from "preact/hooks";
import { asked, call, get, Refused, session, settings, type IndexEntry, type Organisation } from "../api.js";
import { href } from "../routes.js";
import { useLoad, usePaged } from "../state.js";
import { ask, attempt, Button, Copy, docHref, Empty, Face, Form, Input, Loading, More, Page, Problem, Row, Rows, say, Section, Select, Tabs, Time, Who } from "../ui.js";
import { t } from "../words.js";
import { Trail } from "./activity.js";
import { shareSub } from "./shared.js";
import { Transfer } from "./transfer.js";

type Role = Organisation["role"];
const roles = () => [["member", t("role.member")], ["org-admin", t("role.org-admin")]] as const;

async function organisations(): Promise<Organisation[]> {
  const all: Organisation[] = [];
  for (let after: string | undefined; ; ) {
    const page: { orgs: Organisation[]; after?: string } = await get("/orgs" + asked({ after }));
    all.push(...page.orgs);
    if ((after = page.after) === undefined) return all;
  }
}

export function Organisations() {
  const { data, error, loading, reload } = useLoad(organisations, []);
  const known = useLoad(settings, []);
  const [name, setName] = useState("");
  const found = async () => {
    const { orgId } = await call<{ orgId: string }>("POST", "/orgs", { body: { name: name.trim() } });
    location.hash = href(["orgs", orgId]);
  };
  return (
    <Page title={t("nav.orgs")} lead={t("orgs.lead")}>
      <Problem error={error} retry={reload} />
      {loading && !data && <Loading />}
      {data?.length === 0 && <Empty title={t("orgs.none")}>{t(known.data?.organisations ? "orgs.none.text" : "orgs.none.ask")}</Empty>}
      {data && data.length > 0 && <Rows label={t("nav.orgs")}>{data.map((one) => <Row key={one.orgId} to={href(["orgs", one.orgId])} title={one.name} sub={t(`role.${one.role}`)} side={<a href={href([], { org: one.orgId })}>{t("orgs.documents")}<span class="hidden"> {one.name}</span></a>} />)}</Rows>}
      {known.data?.organisations && (
        <Section title={t("orgs.found")}>
          <Form row action={t("orgs.found.go")} onSubmit={found}><Input label={t("orgs.name")} value={name} set={setName} required maxLength={100} autocomplete="organization" /></Form>
        </Section>
      )}
    </Page>
  );
}

export function OrganisationPage({ id, tab }: { id: string; tab: string | undefined }) {
  const { data, error, loading, reload } = useLoad(async () => {
    const one = (await organisations()).find(({ orgId }) => orgId === id);
    if (!one) throw new Refused(404, "not_found", "");
    return one;
  }, [id]);
  const at = (name?: string) => href(["orgs", id], { tab: name });
  const admin = data?.role === "org-admin";
  const tabs = [undefined, ...(admin ? ["invitations", "shares", "audit", "transfer", "delete"] : [])];
  return (
    <Page title={data?.name ?? t("nav.orgs")} back={["#/orgs", t("nav.orgs")]} lead={data && t(`role.${data.role}`)} actions={data && <a class="button" href={href([], { org: id })}>{t("orgs.documents")}</a>}>
      <Problem error={error} retry={reload} />
      {loading && !data && <Loading />}
      {data && admin && <Tabs label={data.name} items={tabs.map((name) => ({ to: at(name), text: t(`org.${name ?? "members"}` as "org.members"), here: name === tab }))} />}
      {data && tab === undefined && <Members id={id} admin={admin} />}
      {admin && tab === "invitations" && <Invitations id={id} />}
      {admin && tab === "shares" && <Shares id={id} />}
      {admin && tab === "audit" && <Trail route={`/orgs/${id}/audit`} />}
      {admin && tab === "transfer" && <Transfer base={`/orgs/${id}`} />}
      {admin && tab === "delete" && <Deletion id={id} name={data.name} />}
    </Page>
  );
}

function Members({ id, admin }: { id: string; admin: boolean }) {
  const page = usePaged(async (after) => {
    const found = await get<{ members: { userId: string; role: Role; joinedAt: string }[]; after?: string }>(`/orgs/${id}/members` + asked({ after, limit: 50 }));
    return { items: found.members, after: found.after };
  }, [id]);
  const [who, setWho] = useState("");
  const [role, setRole] = useState<string>("member");
  const change = async (userId: string, role: string) => void ((await attempt(() => call("PATCH", `/orgs/${id}/members/${userId}`, { body: { role } }), t("members.changed"))), page.reload());
  const remove = async (userId: string) => {
    const me = userId === session.value?.userId;
    if (!(await ask({ title: t(me ? "members.leave" : "members.remove"), text: <p>{!me && <><Who id={userId} />: </>}{t(me ? "members.leave.text" : "members.remove.text")}</p>, action: t(me ? "members.leave" : "members.remove"), danger: true }))) return;
    if (await attempt(() => call("DELETE", `/orgs/${id}/members/${userId}`), t("members.removed"))) me ? (location.hash = "#/orgs") : page.reload();
  };
  const add = async () => {
    const text = who.trim();
    let userId = text;
    if (text.includes("@")) {
      const { people } = await get<{ people: { userId: string }[] }>("/people" + asked({ email: text }));
      if (!people[0]) throw new Refused(404, "unknown_address", "");
      userId = people[0].userId;
    }
    await call("POST", `/orgs/${id}/members`, { body: { userId, role } });
    setWho("");
    say(t("members.added"));
    page.reload();
  };
  return (
    <>
      {page.items.length > 0 && (
        <Rows label={t("org.members")}>
          {page.items.map(({ userId, role, joinedAt }) => (
            <Row key={userId} icon={<Face id={userId} />} title={<Who id={userId} />} sub={<>{t("members.since")} <Time at={joinedAt} /></>} side={!admin && t(`role.${role}`)}>
              {admin && <label class="inline"><span class="hidden">{t("members.role")} <Who id={userId} /></span><select value={role} onChange={(e) => void change(userId, e.currentTarget.value)}>{roles().map(([key, text]) => <option key={key} value={key}>{text}</option>)}</select></label>}
              {(admin || userId === session.value?.userId) && <Button onClick={() => remove(userId)}>{t(userId === session.value?.userId ? "members.leave" : "members.remove")}</Button>}
            </Row>
          ))}
        </Rows>
      )}
      <More of={page} />
      {admin && (
        <Section title={t("members.add")} lead={<>{t("members.add.lead")} <a href={href(["orgs", id], { tab: "invitations" })}>{t("org.invitations")}</a></>}>
          <Form action={t("members.add.go")} kind="" onSubmit={add}>
            <Input label={t("members.who")} hint={t("members.who.hint")} value={who} set={setWho} required autocomplete="off" />
            <Select label={t("members.role")} value={role} set={setRole} options={roles()} />
          </Form>
        </Section>
      )}
    </>
  );
}

function Invitations({ id }: { id: string }) {
  const page = usePaged(async (after) => {
    const found = await get<{ invitations: { invitationId: string; email?: string; role: Role; invitedBy?: string; expiresAt: string; uses?: number }[]; after?: string }>(`/orgs/${id}/invitations` + asked({ after, limit: 50 }));
    return { items: found.invitations, after: found.after };
  }, [id]);
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<string>("member");
  const [uses, setUses] = useState("1");
  const [link, told] = useState<string>();
  const invite = async () => {
    const { url } = await call<{ url: string }>("POST", `/orgs/${id}/invitations`, { body: { role, ...(email.trim() ? { email: email.trim() } : { uses: Number(uses) }) } });
    // A link of the server itself answers JSON: people are led to the page here.
    const own = /\/invitations\/([\w-]+)$/.exec(url);
    told(own ? new URL(href(["invitation", own[1]!]), document.baseURI).href : url);
    setEmail("");
    page.reload();
  };
  const revoke = async (invitationId: string) => {
    if (await ask({ title: t("invite.revoke.title"), text: <p>{t("invite.revoke.text")}</p>, action: t("invite.revoke"), danger: true })) if (await attempt(() => call("DELETE", `/orgs/${id}/invitations/${invitationId}`), t("invite.revoked"))) page.reload();
  };
  return (
    <>
      <Section title={t("invite.new")} lead={t("invite.lead")}>
        <Form action={t("invite.go")} onSubmit={invite}>
          <Input label={t("invite.email")} hint={t("invite.email.hint")} type="email" value={email} set={setEmail} maxLength={254} autocomplete="off" />
          <Select label={t("members.role")} value={role} set={setRole} options={roles()} />
          {!email.trim() && <Input label={t("invite.uses")} type="number" min={1} max={500} value={uses} set={setUses} required />}
        </Form>
        {link && <><Copy label={t("invite.link")} text={link} /><p class="hint">{t("link.once")}</p></>}
      </Section>
      <Section title={t("invite.open")}>
        {!page.loading && !page.error && page.items.length === 0 && <Empty title={t("invite.none")} />}
        {page.items.length > 0 && <Rows label={t("invite.open")}>{page.items.map((one) => <Row key={one.invitationId} title={one.email ?? t("invite.anybody", { n: one.uses ?? 1 })} sub={<>{t(`role.${one.role}`)} · {t("link.until")} <Time at={one.expiresAt} /></>}><Button onClick={() => revoke(one.invitationId)}>{t("invite.revoke")}</Button></Row>)}</Rows>}
        <More of={page} />
      </Section>
    </>
  );
}

function Shares({ id }: { id: string }) {
  const page = usePaged(async (after) => {
    const found = await get<{ shares: IndexEntry[]; after?: string }>(`/orgs/${id}/shares` + asked({ after, limit: 50 }));
    return { items: found.shares, after: found.after };
  }, [id]);
  return (
    <>
      <p class="lead">{t("org.shares.lead")}</p>
      {!page.loading && !page.error && page.items.length === 0 && <Empty title={t("org.shares.none")}>{t("org.shares.none.text")}</Empty>}
      {page.items.length > 0 && <Rows label={t("org.shares")}>{page.items.map((entry) => <Row key={entry.app + entry.collection + entry.docKey} to={docHref({ app: entry.app, collection: entry.collection, key: entry.docKey, org: id }, "access")} title={entry.docKey} sub={<>{entry.app} / {entry.collection} · {shareSub(entry)}</>} side={<Who id={entry.userId} />} />)}</Rows>}
      <More of={page} />
    </>
  );
}

function Deletion({ id, name }: { id: string; name: string }) {
  const erase = async () => {
    if (!(await ask({ title: t("org.erase.title", { name }), text: <><p>{t("org.erase.text")}</p><p class="strong">{t("erase.forever")}</p></>, action: t("org.erase"), danger: true, word: name }))) return;
    if (await attempt(() => call("DELETE", `/orgs/${id}`), t("org.erased"))) location.hash = "#/orgs";
  };
  return <Section title={t("org.erase")} lead={t("org.erase.text")}><Button kind="danger" onClick={erase}>{t("org.erase")}</Button></Section>;
}

export function InvitationPage({ token }: { token: string }) {
  const at = "/invitations/" + encodeURIComponent(token);
  const { data, error, loading, reload } = useLoad(() => get<{ orgId: string; name: string; role: Role; invitedBy?: { displayName: string | null }; bound?: boolean; expiresAt?: string }>(at), [at]);
  const accept = () => attempt(async () => {
    await call("POST", at + "/accept");
    location.hash = href(["orgs", data!.orgId]);
  }, t("invited.accepted"));
  const decline = async () => {
    if (await ask({ title: t("invited.decline.title"), text: <p>{t("invited.decline.text")}</p>, action: t("invited.decline"), danger: true })) if (await attempt(() => call("POST", at + "/decline"), t("invited.declined"))) location.hash = "#/orgs";
  };
  return (
    <Page title={data ? t("invited.title", { name: data.name }) : t("invited")}>
      <Problem error={error} retry={reload} />
      {loading && <Loading />}
      {data && (
        <div class="card">
          <p>{t("invited.text", { who: data.invitedBy?.displayName ?? t("who.somebody"), role: t(`role.${data.role}`) })}</p>
          {data.bound && <p>{t("invited.bound")}</p>}
          {data.expiresAt && <p class="sub">{t("link.until")} <Time at={data.expiresAt} /></p>}
          <div class="end"><Button onClick={decline}>{t("invited.decline")}</Button><Button kind="primary" onClick={accept}>{t("invited.accept")}</Button></div>
        </div>
      )}
    </Page>
  );
}
