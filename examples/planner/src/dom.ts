// The few things this application needs to make elements.

type Child = Node | string | undefined | false;
/** Properties of an element, attributes by their names, and listeners as `onclick`. */
type Properties = Record<string, unknown>;

/** An element; what is in `properties` is set on it, `on…` are listeners, `children` are elements or texts. */
export function element<N extends keyof HTMLElementTagNameMap>(name: N, properties: Properties = {}, ...children: Child[]): HTMLElementTagNameMap[N] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value as EventListener);
    else if (key in made) (made as unknown as Properties)[key] = value;
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

export const button = (text: string, onclick: () => unknown, className = "", properties: Properties = {}): HTMLButtonElement =>
  element("button", { type: "button", className, onclick, ...properties }, text);

/** An element of the page. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error("not in the page: " + id);
  return found as E;
}

let toastTimer: ReturnType<typeof setTimeout> | undefined;

/** Says something that needs no answer; with `undo` there is one for a while. */
export function say(text: string, undo?: () => unknown): void {
  const toast = byId("toast");
  const end = () => toast.classList.remove("shown");
  const take = () => {
    end();
    toast.replaceChildren();
    void undo?.();
  };
  toast.replaceChildren(element("span", {}, text), ...(undo ? [button("Undo", take)] : []));
  toast.classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    end();
    toast.replaceChildren(); // what cannot be seen cannot be reached
  }, undo ? 12_000 : 4_000);
}

/** What went wrong, in words. */
export const wordsOf = (e: unknown): string => (e instanceof Error ? e.message : String(e));

/** Opens the dialog with a title and content; Escape and the Close button close it. */
export function showDialog(title: string, ...content: Child[]): HTMLDialogElement {
  const dialog = byId<HTMLDialogElement>("dialog");
  dialog.replaceChildren(
    element("div", { className: "stack" }, element("h2", { id: "dialog-title" }, title), ...content, element("div", { className: "row" }, button("Close", () => dialog.close()))),
  );
  if (!dialog.open) dialog.showModal();
  return dialog;
}

/** Asks whether something is meant; `act` is done if it is. */
export function confirm(question: string, explained: string, verb: string, act: () => unknown): void {
  const dialog = showDialog(question, element("p", {}, explained), button(verb, () => {
    dialog.close();
    void act();
  }, "danger"));
}

/** Replaces the children of `parent`, leaving the element that has the focus alone when it is still wanted. */
export function update<E extends HTMLElement>(parent: HTMLElement, keyed: readonly (readonly [key: string, make: (before: E | undefined) => E])[]): void {
  const old = new Map([...parent.children].map((child) => [(child as HTMLElement).dataset.key, child as E]));
  let at = parent.firstElementChild;
  for (const [key, make] of keyed) {
    const before = old.get(key);
    old.delete(key);
    const now = make(before);
    now.dataset.key = key;
    if (now === at) at = at.nextElementSibling;
    else parent.insertBefore(now, at);
    if (before && before !== now) {
      if (before === at) at = at.nextElementSibling;
      before.remove();
    }
  }
  for (const gone of old.values()) gone.remove();
}
