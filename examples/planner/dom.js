// The few things this application needs to make elements.

/** An element; what is in `properties` is set on it, `on…` are listeners, `children` are elements or texts. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && key !== "list") made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

export const byId = (id) => document.getElementById(id);

let toastTimer;

/** Says something that needs no answer. */
export function say(text) {
  const toast = byId("toast");
  toast.textContent = text;
  toast.classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => toast.classList.remove("shown"), 4000);
}

/** Opens the dialog with a title and content; Escape and the Close button close it. */
export function showDialog(title, ...content) {
  const dialog = byId("dialog");
  dialog.replaceChildren(
    element(
      "div",
      { className: "stack" },
      element("h2", { id: "dialog-title" }, title),
      ...content,
      element("div", { className: "row" }, element("button", { type: "button", onclick: () => dialog.close() }, "Close")),
    ),
  );
  if (!dialog.open) dialog.showModal();
  return dialog;
}

/** Replaces the children of `parent`, leaving the element that has the focus alone when it is still wanted. */
export function update(parent, keyed) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
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
