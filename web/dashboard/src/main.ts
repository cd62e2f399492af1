import { createApp } from "vue";
import App from "./App.vue";
import { applyTheme } from "./theme.js";
import "./base.css";

applyTheme();
createApp(App).mount("#app");
