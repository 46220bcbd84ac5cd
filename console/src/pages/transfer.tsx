import { useRef, useState } from "preact/hooks";
import { call, send } from "../api.js";
import { ask, Button, Field, Form, Page, Problem, Progress, say, Section, Select } from "../ui.js";
import { bytes, count, t } from "../words.js";

const TYPES = { json: "application/json", ndjson: "application/x-ndjson", csv: "application/zip" } as const;

/** Export and import of what `base` is about: an account or an organisation. */
export function Transfer({ base }: { base: string }) {
  const [format, choose] = useState<keyof typeof TYPES>("json");
  const [got, receive] = useState<number>();
  const [error, fail] = useState<unknown>();
  const abort = useRef<AbortController | undefined>(undefined);
  const [mode, setMode] = useState("merge");
  const [file, pick] = useState<File>();
  const [sending, setSending] = useState(false);
  const take = async () => {
    fail(undefined);
    receive(0);
    abort.current = new AbortController();
    try {
      const answer = await send("GET", `${base}/export?format=${format}`, { signal: abort.current.signal });
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let sum = 0;
      for (let reader = answer.body!.getReader(), part = await reader.read(); !part.done; part = await reader.read()) {
        parts.push(part.value);
        receive((sum += part.value.length));
      }
      const name = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? `landfall-export.${format === "csv" ? "zip" : format}`;
      const address = URL.createObjectURL(new Blob(parts, { type: TYPES[format] }));
      Object.assign(document.createElement("a"), { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      say(t("export.done", { name, size: bytes(sum) }));
    } catch (e) {
      if (!abort.current.signal.aborted) fail(e);
    }
    receive(undefined);
  };
  const bring = async () => {
    if (!file) return;
    const replace = mode === "replace";
    if (!(await ask({ title: t("import.ask"), text: <p>{t(replace ? "import.replace.text" : "import.merge.text", { name: file.name })}</p>, action: t("import.go"), danger: replace, ...(replace && { word: t("import.word") }) }))) return;
    setSending(true);
    try {
      const type = /\.(nd)?jsonl?$/.exec(file.name)?.[0] === ".json" ? "application/json" : "application/x-ndjson";
      const { imported } = await call<{ imported: { documents: number; deleted: number; withheld: number } }>("POST", `${base}/import?mode=${mode}`, { body: new Blob([file], { type }) });
      say(count("import.done", imported.documents) + (imported.deleted ? " " + count("import.deleted", imported.deleted) : "") + (imported.withheld ? " " + count("import.withheld", imported.withheld) : ""));
    } finally {
      setSending(false);
    }
  };
  return (
    <>
      <Section title={t("export")} lead={t("export.lead")}>
        <Form action={t("export.go")} onSubmit={take}>
          <Select label={t("export.format")} value={format} set={(value) => choose(value as keyof typeof TYPES)} options={(["json", "ndjson", "csv"] as const).map((one) => [one, t(`export.${one}`)])} />
        </Form>
        {got !== undefined && <><Progress label={t("export.progress", { size: bytes(got) })} /><Button onClick={() => abort.current?.abort()}>{t("cancel")}</Button></>}
        <Problem error={error} retry={take} />
      </Section>
      <Section title={t("import")} lead={t("import.lead")}>
        <Form action={t("import.go")} kind="" onSubmit={bring}>
          <Field label={t("import.file")} hint={t("import.file.hint")}>{(of) => <input {...of} type="file" required accept=".json,.ndjson,.jsonl,application/json" onChange={(e) => pick(e.currentTarget.files?.[0])} />}</Field>
          <Select label={t("import.mode")} value={mode} set={setMode} options={[["merge", t("import.merge")], ["replace", t("import.replace")]]} />
        </Form>
        {sending && file && <Progress label={t("import.progress", { name: file.name, size: bytes(file.size) })} />}
      </Section>
    </>
  );
}

export const TransferPage = () => <Page title={t("nav.transfer")} lead={t("transfer.lead")}><Transfer base="/account" /></Page>;
