import { useEffect, useState } from "preact/hooks";
import { asked, begin, call, get, SERVER, session, settings, type Session } from "../api.js";
import { parse } from "../routes.js";
import { useLoad } from "../state.js";
import { Button, Form, Input, Loading, Problem } from "../ui.js";
import { t } from "../words.js";

const LABELS: Readonly<Record<string, string>> = { google: "Google", github: "GitHub", microsoft: "Microsoft", apple: "Apple" };

/** What the page of the server has left, after a sign-in with a provider. */
function handedOver(): string | undefined {
  try {
    const found = JSON.parse(sessionStorage.getItem("landfall.session") ?? "null") as Session | null;
    sessionStorage.removeItem("landfall.session");
    return found?.token;
  } catch {
    return undefined;
  }
}

/** Where the browser comes back to; the page behind `#` is kept over the way. */
function provider(name: string): void {
  sessionStorage.setItem("landfall.console.place", location.hash);
  location.href = SERVER + "/auth/" + encodeURIComponent(name) + asked({ returnTo: location.pathname });
}

function Ways() {
  const known = useLoad(settings, []);
  const [name, setName] = useState("");
  const [token, setToken] = useState("");
  const [error, fail] = useState<unknown>();
  useEffect(() => {
    const found = handedOver();
    if (!found) return;
    begin(found).then(() => {
      const place = sessionStorage.getItem("landfall.console.place");
      sessionStorage.removeItem("landfall.console.place");
      if (place) location.hash = place;
    }, fail);
  }, []);
  if (known.loading) return <Loading />;
  const { development = false, providers = [] } = known.data ?? {};
  return (
    <>
      <Problem error={error ?? known.error} retry={known.reload} />
      {providers.length > 0 && <ul class="choices">{providers.map((one) => <li key={one}><Button onClick={() => provider(one)}>{t("signin.with", { provider: LABELS[one] ?? one })}</Button></li>)}</ul>}
      {development && (
        <Form action={t("signin.go")} onSubmit={async () => begin((await call<{ token: string }>("POST", "/auth/dev", { body: { name: name.trim() }, token: "" })).token)}>
          <Input label={t("signin.name")} hint={t("signin.name.hint")} value={name} set={setName} required maxLength={100} autocomplete="username" />
        </Form>
      )}
      {known.data && !development && providers.length === 0 && <p>{t("signin.none")}</p>}
      <details>
        <summary>{t("signin.token")}</summary>
        <Form action={t("signin.use")} kind="" onSubmit={() => begin(token.trim())}>
          <Input label={t("signin.token.label")} hint={t("signin.token.hint")} value={token} set={setToken} required autocomplete="off" spellcheck={false} />
        </Form>
      </details>
    </>
  );
}

function Invited({ token }: { token: string }) {
  const { data } = useLoad(() => get<{ name: string; invitedBy?: { displayName: string | null } }>("/invitations/" + encodeURIComponent(token)), [token]);
  return data ? <p class="lead">{t("signin.invited", { org: data.name, who: data.invitedBy?.displayName ?? t("who.somebody") })}</p> : null;
}

export function SignIn() {
  const { path } = parse(location.hash);
  return (
    <div class="card">
      <img src="icon.svg" alt="" width="48" height="48" />
      <h1>{t("signin.title")}</h1>
      {path[0] === "invitation" && path[1] ? <Invited token={path[1]} /> : <p class="lead">{t("signin.lead")}</p>}
      <Ways />
    </div>
  );
}

/** The session is over, and what is on this device waits for its owner. */
export function SignInAgain() {
  return (
    <div class="card">
      <h1>{t("signin.again")}</h1>
      <p class="lead">{t("signin.again.lead", { name: session.value?.name || session.value?.userId || "" })}</p>
      <Ways />
    </div>
  );
}
