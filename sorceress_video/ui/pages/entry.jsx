import { createElement as h, useEffect, useState } from "react";

/** A part of the page's address, once the page runs in a browser; the server never learns of it by this. */
function useAddress(name) {
  const [value, setValue] = useState("");
  useEffect(() => setValue(new URLSearchParams(location.search).get(name) ?? ""), [name]);
  return value;
}

/** A hidden field with a part of the address: the setup token, the page to go on to. */
export function FromAddress({ name }) {
  return h("input", { type: "hidden", name, value: useAddress(name), readOnly: true });
}

/** Why the form came back: the sentence for `?error=…`, with the pause that `?wait=…` names. */
export function Refusal({ sentences }) {
  const code = useAddress("error");
  const wait = Number(useAddress("wait"));
  if (!code) return null;
  const sentence = sentences[code] ?? "This was not accepted. Try again.";
  const pause = wait > 0 ? ` Wait ${wait < 90 ? `${wait} s` : `${Math.ceil(wait / 60)} min`}.` : "";
  return h("p", { role: "alert", "data-testid": "form-error", className: "entry-refusal" }, sentence + pause);
}

/** What was done, as `?changed=password` says. */
export function Success({ sentences }) {
  const what = useAddress("changed");
  if (!sentences[what]) return null;
  return h("p", { role: "status", "data-testid": "form-done", className: "entry-success" }, sentences[what]);
}
