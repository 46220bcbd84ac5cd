// What the pages are made of.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Refused } from "./api.js";
import { named, person } from "./people.js";
import { href } from "./routes.js";
import { signal, useSignal, type Paged } from "./state.js";
import type { Text } from "./texts.js";
import { ago, isText, language, moment, number, t } from "./words.js";

type Children = { readonly children?: ComponentChildren };

/** A page: its title is the one of the window, and is where the keyboard goes when it opens. */
export function Page({ title, lead, back, actions, children }: Children & { title: string; lead?: ComponentChildren; back?: readonly [string, string] | undefined; actions?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title + " – Landfall";
  }, [title]);
  useEffect(() => {
    if (arrives.value) heading.current?.focus({ preventScroll: true });
    arrives.value = true;
    scrollTo(0, 0);
  }, [location.hash.split("?")[0]]);
  return (
    <>
      <header class="page">
        {back && <a class="back" href={back[0]}>{back[1]}</a>}
        <div class="title">
          <h1 ref={heading} tabIndex={-1}>{title}</h1>
          {actions && <div class="actions">{actions}</div>}
        </div>
        {lead && <p class="lead">{lead}</p>}
      </header>
      {children}
    </>
  );
}
const arrives = signal(false);

export function Section({ title, lead, actions, children }: Children & { title: string; lead?: ComponentChildren; actions?: ComponentChildren }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <div class="title">
        <h2 id={id}>{title}</h2>
        {actions && <div class="actions">{actions}</div>}
      </div>
      {lead && <p class="lead">{lead}</p>}
      {children}
    </section>
  );
}

export const Empty = ({ title, children }: Children & { title: string }) => (
  <div class="empty">
    <p class="strong">{title}</p>
    {children && <p>{children}</p>}
  </div>
);

export const Loading = () => <p class="loading" role="status"><span class="spinner" aria-hidden="true" />{t("loading")}</p>;

/** What went wrong, in words. */
export function problemText(error: unknown): string {
  if (error instanceof Refused) {
    const key = "problem." + error.code;
    if (isText(key)) return t(key as Text);
    return error.message || t("problem.other", { code: error.code });
  }
  return error instanceof Error ? error.message : String(error);
}

export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  if (error === undefined) return null;
  return (
    <div class="problem" role="alert">
      <p>{problemText(error)}</p>
      {retry && <Button onClick={retry}>{t("again")}</Button>}
    </div>
  );
}

export function Button({ kind = "", class: name = "", busy = false, children, ...rest }: Children & { kind?: "primary" | "danger" | "plain" | ""; class?: string; busy?: boolean } & Omit<JSX.IntrinsicElements["button"], "children" | "class">) {
  return <button type="button" {...rest} class={`${kind} ${name}`.trim()} disabled={busy || rest.disabled} aria-busy={busy}>{children}</button>;
}

/** A form that says what went wrong in it. */
export function Form({ onSubmit, action, kind = "primary", children, row = false }: Children & { onSubmit: () => Promise<unknown>; action: string; kind?: "primary" | "danger" | ""; row?: boolean }) {
  const [error, fail] = useState<unknown>();
  const [busy, work] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    work(true);
    fail(undefined);
    try {
      await onSubmit();
    } catch (e) {
      fail(e);
    }
    work(false);
  };
  return (
    <form onSubmit={submit} class={row ? "row" : ""}>
      {children}
      <div class="end"><Button type="submit" kind={kind} busy={busy}>{action}</Button></div>
      <Problem error={error} />
    </form>
  );
}

export function Field({ label, hint, children }: { label: string; hint?: string | undefined; children: (props: { id: string; "aria-describedby"?: string }) => ComponentChildren }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, ...(hint && { "aria-describedby": id + "h" }) })}
      {hint && <p class="hint" id={id + "h"}>{hint}</p>}
    </div>
  );
}

interface InputProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly type?: "text" | "search" | "email" | "number";
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly autocomplete?: string;
  readonly spellcheck?: boolean;
  /** The id of what is suggested. */
  readonly list?: string;
}

export function Input({ label, hint, value, set, ...rest }: InputProps) {
  const props = rest as object;
  return <Field label={label} hint={hint}>{(of) => <input {...props} {...of} value={value} onInput={(e) => set(e.currentTarget.value)} />}</Field>;
}

export function Select({ label, hint, value, set, options, ...rest }: { label: string; hint?: string; value: string; set: (value: string) => void; options: readonly (readonly [string, string])[]; disabled?: boolean }) {
  return (
    <Field label={label} hint={hint}>
      {(of) => (
        <select {...rest} {...of} value={value} onChange={(e) => set(e.currentTarget.value)}>
          {options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}
        </select>
      )}
    </Field>
  );
}

export function Check({ label, value, set }: { label: string; value: boolean; set: (value: boolean) => void }) {
  return <label class="check"><input type="checkbox" checked={value} onChange={(e) => set(e.currentTarget.checked)} />{label}</label>;
}

/** A list of things, each with what can be done with it. */
export const Rows = ({ label, children }: Children & { label: string }) => <ul class="rows" aria-label={label}>{children}</ul>;

export function Row({ to, title, sub, side, icon, children }: Children & { to?: string | undefined; title: ComponentChildren; sub?: ComponentChildren; side?: ComponentChildren; icon?: ComponentChildren }) {
  return (
    <li>
      {icon}
      <div class="what">
        <div class="name">{to ? <a href={to}>{title}</a> : title}</div>
        {sub && <div class="sub">{sub}</div>}
      </div>
      {side && <div class="side">{side}</div>}
      {children}
    </li>
  );
}

export function More<T>({ of }: { of: Paged<T> }) {
  return (
    <>
      <Problem error={of.error} retry={of.items.length ? of.next : of.reload} />
      {of.loading && <Loading />}
      {!of.loading && of.more && <p class="more"><Button onClick={of.next}>{t("more")}</Button></p>}
    </>
  );
}

export function Tabs({ label, items }: { label: string; items: readonly { to: string; text: string; here: boolean }[] }) {
  return <nav class="tabs" aria-label={label}><ul>{items.map(({ to, text, here }) => <li key={to}><a href={to} aria-current={here ? "page" : undefined}>{text}</a></li>)}</ul></nav>;
}

export const Badge = ({ children, kind = "" }: Children & { kind?: "" | "good" | "bad" | "warn" }) => <span class={"badge " + kind}>{children}</span>;

export function Time({ at }: { at: string | number }) {
  useSignal(language);
  return <time dateTime={new Date(at).toISOString()} title={moment(at)}>{ago(at)}</time>;
}

const short = (id: string) => (id.length > 13 ? id.slice(0, 8) + "…" : id);

/** Somebody by name, and by the beginning of the id as long as the name is not known. */
export function Who({ id }: { id: string | null | undefined }) {
  useSignal(named);
  if (id === null || id === undefined) return <>{t("who.nobody")}</>;
  if (id === "~gone") return <>{t("who.gone")}</>;
  const name = person(id)?.displayName;
  return name ? <span title={id}>{name}</span> : <code title={id}>{short(id)}</code>;
}

/** The picture of somebody that is in their profile, or the first letter of their name. Never one that another host would hear of. */
export function Face({ id, name, picture }: { id: string; name?: string | null; picture?: string | undefined }) {
  useSignal(named);
  const known = person(id);
  const image = picture ?? known?.picture;
  const text = name ?? known?.displayName ?? "?";
  return image?.startsWith("data:") ? <img class="face" src={image} alt="" /> : <span class="face" aria-hidden="true">{[...text][0]?.toUpperCase()}</span>;
}

export function Progress({ label, value, max }: { label: string; value?: number | undefined; max?: number | undefined }) {
  const id = useId();
  return (
    <div class="progress">
      <label for={id}>{label}</label>
      <progress id={id} {...(value !== undefined && max ? { value, max } : {})} />
    </div>
  );
}

/** Bars, longest first. What they say stands beside them as text. */
export function Bars({ label, items, text = number }: { label: string; items: readonly { name: string; value: number; to?: string; of?: number }[]; text?: (n: number) => string }) {
  const most = Math.max(1, ...items.map(({ value, of }) => Math.max(value, of ?? 0)));
  return (
    <ul class="bars" aria-label={label}>
      {items.map(({ name, value, to }) => (
        <li key={name}>
          <span class="name">{to ? <a href={to}>{name}</a> : name}</span>
          <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="rest" width="100" height="8" rx="2" /><rect class="bar" width={Math.max(value > 0 ? 0.8 : 0, (100 * value) / most)} height="8" rx="2" /></svg>
          <span class="value">{text(value)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Values over time. */
export function Line({ label, values, text }: { label: string; values: readonly number[]; text: string }) {
  const most = Math.max(1, ...values);
  const x = (i: number) => (values.length < 2 ? 0 : (300 * i) / (values.length - 1));
  const y = (value: number) => 58 - (54 * value) / most;
  return (
    <figure class="line">
      <figcaption>{label} <strong>{text}</strong></figcaption>
      <svg viewBox="0 0 300 60" preserveAspectRatio="none" aria-hidden="true">
        <line x1="0" y1="58" x2="300" y2="58" />
        {values.length > 1 && <polyline points={values.map((value, i) => `${x(i)},${y(value)}`).join(" ")} />}
      </svg>
    </figure>
  );
}

interface Question {
  readonly title: string;
  readonly text: ComponentChildren;
  readonly action: string;
  readonly danger?: boolean;
  /** What has to be typed before it can be done. */
  readonly word?: string;
}

const asking = signal<(Question & { answer: (yes: boolean) => void }) | undefined>(undefined);

/** Asks before something is done that cannot be undone. */
export const ask = (question: Question): Promise<boolean> => new Promise((answer) => (asking.value = { ...question, answer }));

export function Asking() {
  const question = useSignal(asking);
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, type] = useState("");
  const id = useId();
  useEffect(() => {
    type("");
    if (question) dialog.current?.showModal();
  }, [question]);
  if (!question) return null;
  const end = (yes: boolean) => {
    dialog.current?.close();
    asking.value = undefined;
    question.answer(yes);
  };
  return (
    <dialog ref={dialog} aria-labelledby={id} onCancel={() => end(false)}>
      <form method="dialog" onSubmit={(e) => (e.preventDefault(), end(true))}>
        <h2 id={id}>{question.title}</h2>
        <div>{question.text}</div>
        {question.word && <Input label={t("ask.word", { word: question.word })} value={typed} set={type} autocomplete="off" />}
        <div class="end">
          <Button onClick={() => end(false)}>{t("cancel")}</Button>
          <Button type="submit" kind={question.danger ? "danger" : "primary"} disabled={question.word !== undefined && typed !== question.word}>{question.action}</Button>
        </div>
      </form>
    </dialog>
  );
}

const saying = signal("");
let quiet: ReturnType<typeof setTimeout> | undefined;

/** Says something that has happened, for a while. */
export function say(text: string): void {
  clearTimeout(quiet);
  saying.value = text;
  quiet = setTimeout(() => (saying.value = ""), 6_000);
}

export function Saying() {
  const text = useSignal(saying);
  return <div class="saying" role="status" aria-live="polite">{text && <p>{text}</p>}</div>;
}

/** Does something and says what came of it. */
export async function attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await work();
    if (done) say(done);
    return true;
  } catch (e) {
    say(problemText(e));
    return false;
  }
}

export function Copy({ text, label }: { text: string; label: string }) {
  return (
    <div class="copy">
      <Field label={label}>{(of) => <input {...of} readOnly value={text} onFocus={(e) => e.currentTarget.select()} />}</Field>
      <Button onClick={() => attempt(() => navigator.clipboard.writeText(text), t("copied"))}>{t("copy")}</Button>
    </div>
  );
}

export const docHref = ({ app, collection, key, owner, org }: { app: string; collection: string; key: string; owner?: string | undefined; org?: string | undefined }, tab?: string): string => href(["doc", app, collection, key], { owner, org, tab });
