/** Defines the elements. A page needs two lines of HTML: this script as a module, and an element. */

import { defineCustomElement } from "vue";
import { ELEMENTS } from "./elements.js";
import host from "./host.css?inline";

for (const { name, component, size } of ELEMENTS) {
  const styles = [host, `:host { ${size} }`];
  if (!customElements.get(name)) {
    customElements.define(name, defineCustomElement({ ...component, styles } as never));
  }
}
