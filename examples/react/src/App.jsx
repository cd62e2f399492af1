import { useState } from "react";

const WINDOWS = [1, 5, 10, 30];

/** React 19 passes attributes to custom elements unchanged, so no wrapper is needed. */
export function App() {
  const [minutes, setMinutes] = useState(5);
  return (
    <main style={{ maxWidth: 640, margin: "32px auto", fontFamily: "system-ui, sans-serif" }}>
      {WINDOWS.map((each) => (
        <button key={each} disabled={each === minutes} onClick={() => setMinutes(each)}>
          {each} min
        </button>
      ))}
      <realtime-counter site="demo" minutes={minutes} />
      <top-list site="demo" list="sources" minutes={minutes} />
      <live-activity-feed site="demo" minutes={minutes} />
    </main>
  );
}
