import { install, startSending } from "./api";
import { trackClicks } from "./clicks";
import { optedOut, readOptions, site } from "./options";
import { reportPageView, trackNavigation } from "./pages";
import { safe } from "./safe";
import { trackVisibility } from "./visibility";

safe(() => {
  if (!install()) return;
  readOptions();
  if (optedOut || !/^http/.test(location.protocol)) return;
  if (!site) {
    console.error("Footfall: nothing is counted; add data-site to the script tag.");
    return;
  }
  trackVisibility(() => {
    reportPageView();
    startSending();
    trackClicks();
  });
  trackNavigation();
})();
