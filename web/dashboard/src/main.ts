import { createApp } from "vue";
import App from "./App.vue";
import { followTheme } from "./theme.js";
import "./theme.css";
import "./base.css";

followTheme();
createApp(App).mount("#app");
