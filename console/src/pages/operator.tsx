import { useEffect, useState } from "preact/hooks";
import { asked, call, get, Refused, SERVER } from "../api.js";
import { href } from "../routes.js";
import { useLoad, usePaged } from "../state.js";
import { ask, attempt, Badge, Bars, Button, Empty, Form, Input, Line, Loading, More, Page, Problem, Progress, Row, Rows, Section, Time } from "../ui.js";
import { bytes, count, language, number, t } from "../words.js";
import { Trail } from "./activity.js";

export function Operator({ tab, query }: { tab: string | undefined; query: string | undefined }) {
  switch (tab) {
    case "users":
      return <Users query={query ?? ""} />;
    case "orgs":
      return <Orgs query={query ?? ""} />;
    case "usage":
      return <Usage />;
    case "jobs":
      return <JobsPage />;
    case "audit":
      return <Page title={t("nav.operator.audit")} lead={t("operator.audit.lead")}><Trail route="/operator/audit" /></Page>;
    default:
      return <Overview />;
  }
}

interface Health {
  readonly status: string;
  readonly checks: readonly { name: string; status: string; data?: Readonly<Record<string, string | number | boolean>> }[];
}

function Overview() {
  const health = useLoad(state, []);
  const apps = useLoad(() => get<{ applications: { app: string; configured: boolean }[] }>("/operator/applications"), []);
  return (
    <Page title={t("nav.operator.overview")} lead={t("operator.lead")} actions={<Button onClick={() => (health.reload(), apps.reload())}>{t("reload")}</Button>}>
      <Section title={t("operator.health")}>
        <Problem error={health.error} retry={health.reload} />
        {health.loading && !health.data && <Loading />}
        {health.data && (
          <Rows label={t("operator.health")}>
            {health.data.checks.map(({ name, status, data }) => <Row key={name} title={name} sub={Object.entries(data ?? {}).map(([key, value]) => `${key}: ${String(value)}`).join(" · ")} side={<Badge kind={status === "UP" ? "good" : "bad"}>{t(status === "UP" ? "operator.up" : "operator.down")}</Badge>} />)}
          </Rows>
        )}
      </Section>
      <Rates />
      <Section title={t("apps")} lead={t("operator.apps.lead")}>
        <Problem error={apps.error} retry={apps.reload} />
        {apps.data && <Rows label={t("apps")}>{apps.data.applications.map(({ app, configured }) => <Row key={app} title={app} side={configured ? <Badge kind="good">{t("operator.configured")}</Badge> : <Badge kind="warn">{t("operator.left")}</Badge>} />)}</Rows>}
      </Section>
      <TakeDown />
    </Page>
  );
}

/**
 * What the server itself offers beside the application: at the root of the address, wherever the application is. Behind a proxy that gives us
 * a folder it is in that folder.
 */
async function beside(path: string): Promise<Response | undefined> {
  for (const address of new Set([SERVER + path, path])) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer && (answer.ok || answer.status === 503)) return answer;
  }
  return undefined;
}

/** Also where it is down: that it is down is what it says. */
async function state(): Promise<Health> {
  const answer = await beside("/health");
  if (!answer) throw new Refused(0, "offline", "");
  return (await answer.json()) as Health;
}

const SAMPLES = 60;
const EVERY = 5_000;
type Values = Readonly<Record<string, number>>;

/** How much more there is than in the sample before, in a second. */
const rate = (name: string) => (now: Values, before: Values, seconds: number) => Math.max(0, (now[name] ?? 0) - (before[name] ?? 0)) / seconds;

/** How long one took on average since the sample before, in milliseconds. */
const mean = (name: string) => (now: Values, before: Values) => {
  const n = (now[name + "_count"] ?? 0) - (before[name + "_count"] ?? 0);
  return n > 0 ? (1000 * ((now[name + "_sum"] ?? 0) - (before[name + "_sum"] ?? 0))) / n : 0;
};

const milliseconds = (n: number) => new Intl.NumberFormat(language.value, { style: "unit", unit: "millisecond", maximumFractionDigits: 1 }).format(n);
const perSecond = (n: number) => number(Math.round(n * 10) / 10) + t("operator.second");

/** What is drawn, and of what it is made. */
const FIGURES = [
  ["requests", rate("landfall_requests_total"), perSecond],
  ["answers", mean("landfall_request_seconds"), milliseconds],
  ["lag", mean("landfall_feed_lag_seconds"), milliseconds],
  ["commits", rate("landfall_commit_requests_count"), perSecond],
  ["store", mean("landfall_store_seconds"), milliseconds],
  ["waiters", (now: Values) => now.landfall_feed_waiters ?? 0, number],
  ["memory", (now: Values) => now.jvm_memory_used_bytes ?? 0, bytes],
] as const;

/** What the metrics say while this page is open, if they are to be had from here. */
function Rates() {
  const [samples, add] = useState<readonly { at: number; values: Values }[]>([]);
  const [there, know] = useState(true);
  useEffect(() => {
    let stopped = false;
    const look = async () => {
      const answer = await beside("/metrics");
      if (stopped) return;
      if (!answer?.ok) return know(false);
      const values: Record<string, number> = {};
      for (const line of (await answer.text()).split("\n")) {
        const found = /^([a-zA-Z_:]+)(?:\{[^}]*\})? ([\d.eE+-]+)$/.exec(line);
        if (found) values[found[1]!] = (values[found[1]!] ?? 0) + Number(found[2]);
      }
      if (!stopped) add((before) => [...before, { at: Date.now(), values }].slice(-SAMPLES));
    };
    void look();
    const timer = setInterval(() => void look(), EVERY);
    return () => {
      stopped = true;
      clearInterval(timer);
    };
  }, []);
  if (!there) return <Section title={t("operator.rates")}><p>{t("operator.rates.none")}</p></Section>;
  const drawn = FIGURES.map(([name, of, text]) => {
    const values = samples.slice(1).map((sample, i) => of(sample.values, samples[i]!.values, (sample.at - samples[i]!.at) / 1000));
    return <Line key={name} label={t(`operator.rate.${name}`)} values={values} text={values.length ? text(values.at(-1)!) : "–"} />;
  });
  return (
    <Section title={t("operator.rates")} lead={t("operator.rates.lead", { n: EVERY / 1000 })}>
      <div class="lines-grid">{drawn}</div>
    </Section>
  );
}

function TakeDown() {
  const [link, setLink] = useState("");
  const end = async () => {
    const shareToken = link.trim().split(/[/]/).at(-1)!;
    if (!(await ask({ title: t("takedown.title"), text: <p>{t("takedown.text")}</p>, action: t("takedown"), danger: true }))) return;
    await call("POST", "/operator/sharing/end", { body: { shareToken } });
    setLink("");
  };
  return (
    <Section title={t("takedown.title")} lead={t("takedown.lead")}>
      <Form row action={t("takedown")} kind="danger" onSubmit={end}><Input label={t("takedown.link")} value={link} set={setLink} required autocomplete="off" /></Form>
    </Section>
  );
}

interface User {
  readonly userId: string;
  readonly name?: string;
  readonly email?: string;
  readonly providers?: readonly string[];
  readonly createdAt?: string;
  readonly blocked?: boolean;
}

function Find({ to, query, label }: { to: string; query: string; label: string }) {
  const [text, edit] = useState(query);
  return (
    <form class="search" role="search" onSubmit={(e) => (e.preventDefault(), (location.hash = href(["operator", to], { query: text.trim() })))}>
      <div class="words"><Input label={label} type="search" value={text} set={edit} maxLength={254} autocomplete="off" /><Button type="submit" kind="primary">{t("search.go")}</Button></div>
    </form>
  );
}

/** Pages in which nothing was found are passed over. */
function useFound<T>(name: string, query: string, limit: number) {
  return usePaged<T>(async (after) => {
    const items: T[] = [];
    do {
      const page: Record<string, T[]> & { after?: string } = await get(`/operator/${name}` + asked({ query, after, limit: query ? 200 : limit }));
      items.push(...page[name]!);
      after = page.after;
    } while (after !== undefined && items.length === 0);
    return { items, after };
  }, [name, query]);
}

function Users({ query }: { query: string }) {
  const page = useFound<User>("users", query, 50);
  const name = ({ name, email, userId }: User) => name ?? email ?? userId;
  const block = async (user: User) => {
    const on = !user.blocked;
    if (!(await ask({ title: t(on ? "users.block.title" : "users.unblock.title", { name: name(user) }), text: <p>{t(on ? "users.block.text" : "users.unblock.text")}</p>, action: t(on ? "users.block" : "users.unblock"), danger: on }))) return;
    if (await attempt(() => call(on ? "PUT" : "DELETE", `/operator/users/${user.userId}/blocked`), t(on ? "users.blocked" : "users.unblocked"))) page.reload();
  };
  const end = async (user: User) => {
    if (await ask({ title: t("users.sessions.title", { name: name(user) }), text: <p>{t("users.sessions.text")}</p>, action: t("users.sessions"), danger: true })) await attempt(() => call("POST", `/operator/users/${user.userId}/sessions/end`), t("users.sessions.done"));
  };
  const erase = async (user: User) => {
    if (!(await ask({ title: t("users.erase.title", { name: name(user) }), text: <><p>{t("users.erase.text")}</p><p class="strong">{t("erase.forever")}</p></>, action: t("users.erase"), danger: true, word: t("erase.word") }))) return;
    if (await attempt(() => call("DELETE", `/operator/users/${user.userId}`), t("users.erased"))) page.reload();
  };
  return (
    <Page title={t("nav.operator.users")} lead={t("users.lead")}>
      <Find to="users" query={query} label={t("users.find")} key={query} />
      {!page.loading && !page.error && page.items.length === 0 && <Empty title={t("users.none")}>{t("list.nothing.text")}</Empty>}
      {page.items.length > 0 && (
        <Rows label={t("nav.operator.users")}>
          {page.items.map((user) => (
            <Row key={user.userId} title={<>{name(user)} {user.blocked && <Badge kind="bad">{t("users.isblocked")}</Badge>}</>} sub={<>{user.email && user.name ? user.email + " · " : ""}{user.providers?.join(", ")} <code>{user.userId}</code></>} side={user.createdAt && <Time at={user.createdAt} />}>
              <details class="menu"><summary>{t("users.actions")}<span class="hidden"> {name(user)}</span></summary><div><Button onClick={() => block(user)}>{t(user.blocked ? "users.unblock" : "users.block")}</Button><Button onClick={() => end(user)}>{t("users.sessions")}</Button><Button kind="danger" onClick={() => erase(user)}>{t("users.erase")}</Button></div></details>
            </Row>
          ))}
        </Rows>
      )}
      <More of={page} />
    </Page>
  );
}

function Orgs({ query }: { query: string }) {
  const page = useFound<{ orgId: string; name: string; createdAt?: string }>("orgs", query, 50);
  return (
    <Page title={t("nav.operator.orgs")}>
      <Find to="orgs" query={query} label={t("operator.orgs.find")} key={query} />
      {!page.loading && !page.error && page.items.length === 0 && <Empty title={t("operator.orgs.none")} />}
      {page.items.length > 0 && <Rows label={t("nav.operator.orgs")}>{page.items.map(({ orgId, name, createdAt }) => <Row key={orgId} title={name} sub={<code>{orgId}</code>} side={createdAt && <Time at={createdAt} />} />)}</Rows>}
      <More of={page} />
    </Page>
  );
}

interface Used {
  readonly userId?: string;
  readonly orgId?: string;
  readonly applications: readonly { app: string; documents: number; bytes: number }[];
}

const SHOWN = 20;

/** The largest of those that have been read so far; all are read one page after the other. */
function Usage() {
  const [all, set] = useState<readonly Used[]>([]);
  const [reading, go] = useState(true);
  const [error, fail] = useState<unknown>();
  const [run, again] = useState(0);
  useEffect(() => {
    let stopped = false;
    set([]);
    fail(undefined);
    go(true);
    (async () => {
      let found: readonly Used[] = [];
      for (let after: string | undefined; ; ) {
        const page: { usage: Used[]; after?: string } = await get("/operator/usage" + asked({ after, limit: 50 }));
        if (stopped) return;
        set((found = [...found, ...page.usage]));
        if ((after = page.after) === undefined) return go(false);
      }
    })().catch((e: unknown) => stopped || (fail(e), go(false)));
    return () => void (stopped = true);
  }, [run]);
  const of = (one: Used, what: "documents" | "bytes") => one.applications.reduce((sum, each) => sum + each[what], 0);
  const largest = [...all].filter((one) => of(one, "bytes") > 0).sort((a, b) => of(b, "bytes") - of(a, "bytes"));
  const apps = new Map<string, { documents: number; bytes: number }>();
  for (const { applications } of all) for (const { app, documents, bytes } of applications) apps.set(app, { documents: (apps.get(app)?.documents ?? 0) + documents, bytes: (apps.get(app)?.bytes ?? 0) + bytes });
  return (
    <Page title={t("nav.operator.usage")} lead={t("usage.lead")} actions={<Button onClick={() => again(run + 1)}>{t("reload")}</Button>}>
      {reading && <Progress label={t("usage.reading", { n: all.length })} />}
      <Problem error={error} retry={() => again(run + 1)} />
      {!reading && !error && largest.length === 0 && <Empty title={t("usage.none")} />}
      {largest.length > 0 && (
        <>
          <Section title={t("usage.apps")}><Bars label={t("usage.apps")} items={[...apps].map(([name, { bytes, documents }]) => ({ name: `${name} (${count("documents", documents)})`, value: bytes })).sort((a, b) => b.value - a.value)} text={bytes} /></Section>
          <Section title={t("usage.largest", { n: Math.min(SHOWN, largest.length) })}>
            <Bars label={t("usage.largest", { n: SHOWN })} items={largest.slice(0, SHOWN).map((one) => ({ name: (one.orgId ? t("usage.org") : t("usage.user")) + " " + (one.orgId ?? one.userId)!.slice(0, 8), value: of(one, "bytes"), to: href(["operator", one.orgId ? "orgs" : "users"], { query: (one.orgId ?? one.userId)! }) }))} text={bytes} />
          </Section>
        </>
      )}
    </Page>
  );
}

interface Job {
  readonly jobId: string;
  readonly kind: "purge" | "reindex";
  readonly state: "running" | "done" | "failed" | "lost";
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly done?: number;
}

function JobsPage() {
  const { data, error, loading, reload } = useLoad(async () => (await get<{ jobs: Job[] }>("/operator/jobs?limit=100")).jobs.reverse(), []);
  const running = data?.some(({ state }) => state === "running") ?? false;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(reload, 2_000);
    return () => clearInterval(timer);
  }, [running]);
  const start = async (kind: Job["kind"]) => {
    if (await ask({ title: t(`jobs.${kind}`), text: <p>{t(`jobs.${kind}.text`)}</p>, action: t("jobs.start") })) if (await attempt(() => call("POST", "/operator/jobs", { body: { kind } }), t("jobs.started"))) reload();
  };
  return (
    <Page title={t("nav.operator.jobs")} lead={t("jobs.lead")} actions={<><Button onClick={() => start("purge")}>{t("jobs.purge")}</Button><Button onClick={() => start("reindex")}>{t("jobs.reindex")}</Button></>}>
      <Problem error={error} retry={reload} />
      {loading && !data && <Loading />}
      {data?.length === 0 && <Empty title={t("jobs.none")}>{t("jobs.none.text")}</Empty>}
      {data && data.length > 0 && (
        <Rows label={t("nav.operator.jobs")}>
          {data.map(({ jobId, kind, state, startedAt, endedAt, done }) => (
            <Row key={jobId} title={t(`jobs.${kind}`)} sub={<>{t("jobs.began")} <Time at={startedAt} />{endedAt && <> · {t("jobs.ended")} <Time at={endedAt} /></>}{done !== undefined && <> · {count("jobs.did", done)}</>}</>} side={<Badge kind={state === "done" ? "good" : state === "running" ? "" : "bad"}>{t(`jobs.${state}`)}</Badge>}>
              {state === "running" && <Progress label={t("jobs.running")} />}
            </Row>
          ))}
        </Rows>
      )}
    </Page>
  );
}
