import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ended, online, session } from "./api.js";
import { contents, syncing } from "./documents.js";
import { href, parse, type Route } from "./routes.js";
import { useLoad, useSignal } from "./state.js";
import { Asking, Badge, Button, Empty, Page, Saying } from "./ui.js";
import { count, language, t } from "./words.js";
import { SignIn, SignInAgain } from "./pages/sign-in.js";
import { Applications, ApplicationPage } from "./pages/applications.js";
import { CollectionPage } from "./pages/collection.js";
import { DocumentPage } from "./pages/document.js";
import { Conflicts } from "./pages/conflicts.js";
import { Shared } from "./pages/shared.js";
import { LinkPage } from "./pages/link.js";
import { Devices } from "./pages/devices.js";
import { Activity } from "./pages/activity.js";
import { TransferPage } from "./pages/transfer.js";
import { AccountPage } from "./pages/account.js";
import { InvitationPage, OrganisationPage, Organisations } from "./pages/organisations.js";
import { Operator } from "./pages/operator.js";

function useRoute(): Route {
  const [route, go] = useState(() => parse(location.hash));
  useEffect(() => {
    const moved = () => go(parse(location.hash));
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return route;
}

function Where({ route }: { route: Route }) {
  const [first, ...rest] = route.path;
  const { query } = route;
  switch (first) {
    case undefined:
      return <Applications org={query.org} />;
    case "app":
      return rest.length > 1 ? <CollectionPage key={rest.join("/") + query.org} app={rest[0]!} collection={rest[1]!} org={query.org} asked={query.q} /> : <ApplicationPage app={rest[0] ?? ""} org={query.org} />;
    case "doc":
      return <DocumentPage key={rest.join("/") + query.owner + query.org} app={rest[0] ?? ""} collection={rest[1] ?? ""} docKey={rest[2] ?? ""} owner={query.owner} org={query.org} tab={query.tab} />;
    case "conflicts":
      return <Conflicts />;
    case "shared":
      return <Shared tab={query.tab} />;
    case "link":
      return <LinkPage token={rest[0] ?? ""} />;
    case "devices":
      return <Devices />;
    case "activity":
      return <Activity />;
    case "transfer":
      return <TransferPage />;
    case "account":
      return <AccountPage />;
    case "orgs":
      return rest[0] === undefined ? <Organisations /> : <OrganisationPage key={rest[0]} id={rest[0]} tab={query.tab} />;
    case "invitation":
      return <InvitationPage token={rest[0] ?? ""} />;
    case "operator":
      return <Operator tab={rest[0]} query={query.query} />;
    default:
      return <Page title={t("nowhere")}><Empty title={t("nowhere.text")}><a href="#/">{t("nowhere.home")}</a></Empty></Page>;
  }
}

function Item({ to, here, text }: { to: string; here: boolean; text: string }) {
  return <li><a href={to} aria-current={here ? "page" : undefined}>{text}</a></li>;
}

function Navigation({ route, operator }: { route: Route; operator: boolean }) {
  const [first] = route.path;
  const at = (name: string | undefined) => first === name;
  return (
    <>
      <h2 id="nav-yours">{t("nav.yours")}</h2>
      <ul aria-labelledby="nav-yours">
        <Item to="#/" here={first === undefined || first === "app" || first === "doc"} text={t("nav.documents")} />
        <Item to="#/conflicts" here={at("conflicts")} text={t("nav.conflicts")} />
        <Item to="#/shared" here={at("shared") || at("link")} text={t("nav.shared")} />
        <Item to="#/devices" here={at("devices")} text={t("nav.devices")} />
        <Item to="#/activity" here={at("activity")} text={t("nav.activity")} />
        <Item to="#/transfer" here={at("transfer")} text={t("nav.transfer")} />
        <Item to="#/account" here={at("account")} text={t("nav.account")} />
      </ul>
      <h2 id="nav-together">{t("nav.together")}</h2>
      <ul aria-labelledby="nav-together"><Item to="#/orgs" here={at("orgs") || at("invitation")} text={t("nav.orgs")} /></ul>
      {operator && (
        <>
          <h2 id="nav-server">{t("nav.server")}</h2>
          <ul aria-labelledby="nav-server">
            {(["", "usage", "users", "orgs", "jobs", "audit"] as const).map((tab) => <Item key={tab} to={href(tab ? ["operator", tab] : ["operator"])} here={at("operator") && (route.path[1] ?? "") === tab} text={t(`nav.operator.${tab || "overview"}`)} />)}
          </ul>
        </>
      )}
    </>
  );
}

function Status() {
  const isOnline = useSignal(online);
  const { pending } = useSignal(syncing);
  return (
    <p class="status" role="status">
      {!isOnline && <Badge kind="warn">{t("offline")}</Badge>}
      {pending > 0 && <Badge>{count("pending", pending)}</Badge>}
    </p>
  );
}

function Languages() {
  return (
    <div class="languages" role="group" aria-label={t("language")}>
      {(["en", "de"] as const).map((one) => <Button key={one} kind="plain" lang={one} aria-pressed={language.value === one} onClick={() => (language.value = one)}>{one === "en" ? "English" : "Deutsch"}</Button>)}
    </div>
  );
}

function Signed() {
  const route = useRoute();
  const me = useSignal(session)!;
  const over = useSignal(ended);
  const [open, show] = useState(false);
  const { data } = useLoad(() => contents(), [me.userId]);
  useEffect(() => show(false), [route]);
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => (e.preventDefault(), document.getElementById("main")?.focus())}>{t("skip")}</a>
      <header class="top">
        <a class="brand" href="#/"><img src="icon.svg" alt="" width="24" height="24" />Landfall</a>
        <Status />
        <Button kind="plain" class="menu" aria-expanded={open} aria-controls="nav" onClick={() => show(!open)}>{t("menu")}</Button>
      </header>
      <nav id="nav" aria-label={t("nav")} class={open ? "open" : ""}>
        <Navigation route={route} operator={data?.operator ?? false} />
        <div class="foot">
          <p class="me">{me.name || me.userId}</p>
          <Languages />
        </div>
      </nav>
      <main id="main" tabIndex={-1}>{over ? <SignInAgain /> : <Where route={route} />}</main>
    </>
  );
}

function Everything() {
  useSignal(language);
  const me = useSignal(session);
  return (
    <>
      {me ? <div class="frame"><Signed /></div> : <div class="alone"><main><SignIn /></main><footer><Languages /></footer></div>}
      <Asking />
      <Saying />
    </>
  );
}

render(<Everything />, document.getElementById("root")!);
if ("serviceWorker" in navigator) navigator.serviceWorker.register("worker.js").catch(() => {}); // without one it needs the network to open
