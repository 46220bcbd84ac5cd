import { useState } from "preact/hooks";
import { asked, call, get, Refused, session, settings } from "../api.js";
import { contents, forget, leave } from "../documents.js";
import { useLoad, usePaged } from "../state.js";
import { ask, attempt, Button, Copy, Empty, Form, Input, Loading, More, Page, Problem, problemText, Row, Rows, say, Section, Select, Time, Who } from "../ui.js";
import { count, t } from "../words.js";

interface Profile {
  readonly displayName: string | null;
  readonly picture?: string;
  readonly findable: "nobody" | "email";
}

/** Signs out, and leaves nothing of this person on this device. */
async function signOut(): Promise<void> {
  const lost = await leave(false);
  if (lost > 0) {
    if (!(await ask({ title: t("signout.lost.title"), text: <p>{count("signout.lost", lost)}</p>, action: t("signout"), danger: true }))) return;
    await leave(true);
  }
  await call("POST", "/auth/logout").catch(() => {}); // the token is forgotten here all the same
  end();
}

function end(): void {
  forget();
  session.value = undefined;
  location.hash = "#/";
  location.reload();
}

export function AccountPage() {
  const { data, error, loading, reload } = useLoad(async () => {
    const [profile, me] = await Promise.all([get<Profile>("/account/profile"), get<{ userId: string; email: string | null; providers: string[] }>("/auth/me")]);
    return { profile, me };
  }, []);
  return (
    <Page title={t("nav.account")} actions={<Button onClick={() => attempt(signOut)}>{t("signout")}</Button>}>
      <Problem error={error} retry={reload} />
      {loading && !data && <Loading />}
      {data && (
        <>
          <ProfileForm profile={data.profile} />
          <Section title={t("account.you")}>
            <Copy label={t("account.id")} text={data.me.userId} />
            <dl><dt>{t("account.email")}</dt><dd>{data.me.email ?? t("account.email.none")}</dd></dl>
          </Section>
          <Providers providers={data.me.providers} reload={reload} />
        </>
      )}
      <Blocked />
      <Deletion />
    </Page>
  );
}

function ProfileForm({ profile }: { profile: Profile }) {
  const [name, setName] = useState(profile.displayName ?? "");
  const [findable, find] = useState<string>(profile.findable);
  const save = async () => {
    const saved = await call<Profile>("PATCH", "/account/profile", { body: { displayName: name.trim() || null, findable } });
    session.value = { ...session.value!, name: saved.displayName ?? "" };
    say(t("account.saved"));
  };
  return (
    <Section title={t("account.profile")} lead={t("account.profile.lead")}>
      <Form action={t("save")} onSubmit={save}>
        <Input label={t("account.name")} value={name} set={setName} maxLength={100} autocomplete="name" />
        <Select label={t("account.findable")} value={findable} set={find} options={[["nobody", t("account.findable.nobody")], ["email", t("account.findable.email")]]} />
      </Form>
    </Section>
  );
}

function Providers({ providers, reload }: { providers: readonly string[]; reload: () => void }) {
  const { data } = useLoad(settings, []);
  const others = data?.providers.filter((one) => !providers.includes(one)) ?? [];
  const link = (name: string) => attempt(async () => void (location.href = (await call<{ authorizationURL: string }>("POST", "/auth/link/" + encodeURIComponent(name) + asked({ returnTo: location.pathname }))).authorizationURL));
  const unlink = async (name: string) => {
    if (await ask({ title: t("account.unlink.title", { name }), text: <p>{t("account.unlink.text")}</p>, action: t("account.unlink"), danger: true })) if (await attempt(() => call("DELETE", "/auth/providers/" + encodeURIComponent(name)), t("account.unlinked"))) reload();
  };
  if (providers.length + others.length === 0) return null;
  return (
    <Section title={t("account.providers")} lead={t("account.providers.lead")}>
      <Rows label={t("account.providers")}>
        {providers.map((name) => <Row key={name} title={name} sub={t("account.linked")}>{providers.length > 1 && <Button onClick={() => unlink(name)}>{t("account.unlink")}<span class="hidden"> {name}</span></Button>}</Row>)}
        {others.map((name) => <Row key={name} title={name}><Button onClick={() => link(name)}>{t("account.link")}<span class="hidden"> {name}</span></Button></Row>)}
      </Rows>
    </Section>
  );
}

function Blocked() {
  const page = usePaged(async (after) => {
    const found = await get<{ blocked: { userId: string; since: string }[]; after?: string }>("/account/blocked" + asked({ after, limit: 50 }));
    return { items: found.blocked, after: found.after };
  }, []);
  const [id, setId] = useState("");
  const block = async () => {
    await call("PUT", "/account/blocked/" + encodeURIComponent(id.trim()));
    setId("");
    page.reload();
  };
  return (
    <Section title={t("blocked")} lead={t("blocked.lead")}>
      {page.items.length > 0 ? (
        <Rows label={t("blocked")}>{page.items.map(({ userId, since }) => <Row key={userId} title={<Who id={userId} />} sub={<Time at={since} />}><Button onClick={() => attempt(() => call("DELETE", "/account/blocked/" + userId).then(page.reload), t("blocked.ended"))}>{t("blocked.end")}</Button></Row>)}</Rows>
      ) : (
        !page.loading && <Empty title={t("blocked.none")} />
      )}
      <More of={page} />
      <Form row action={t("blocked.do")} kind="" onSubmit={block}><Input label={t("blocked.id")} value={id} set={setId} required autocomplete="off" /></Form>
    </Section>
  );
}

function Deletion() {
  const [error, fail] = useState<unknown>();
  const erase = async () => {
    fail(undefined);
    const { applications } = await contents().catch(() => ({ applications: [] }));
    const documents = applications.reduce((sum, one) => sum + one.documents, 0);
    const text = <><p>{t("erase.text")}</p><ul><li>{count("erase.documents", documents)}</li><li>{t("erase.shares")}</li><li>{t("erase.orgs")}</li><li>{t("erase.devices")}</li></ul><p class="strong">{t("erase.forever")}</p></>;
    if (!(await ask({ title: t("erase.title"), text, action: t("erase"), danger: true, word: t("erase.word") }))) return;
    try {
      await call("DELETE", "/account");
      await leave(true);
      end();
    } catch (e) {
      fail(e);
    }
  };
  return (
    <Section title={t("erase.title")} lead={t("erase.lead")}>
      <Button kind="danger" onClick={erase}>{t("erase")}</Button>
      {error instanceof Refused && error.code === "last_admin" ? <p class="problem" role="alert">{problemText(error)} <a href="#/orgs">{t("nav.orgs")}</a></p> : <Problem error={error} />}
    </Section>
  );
}
