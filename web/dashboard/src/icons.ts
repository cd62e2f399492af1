/** Outlines on a field of 16 by 16. */
export const ICONS = {
  screen: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
  system: "M2 3h12v8H2zM6 14h4M8 11v3",
  light: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  dark: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z",
  settings: "M2 4h6M12 4h2M10 2.5v3M2 8h2M8 8h6M6 6.5v3M2 12h6M12 12h2M10 10.5v3",
  help: "M5.5 6a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M8 12.5v.5",
  leave: "M6 2H2v12h4M10 4.5 13.5 8 10 11.5M13 8H6",
  enter: "M10 2h4v12h-4M6 4.5 9.5 8 6 11.5M9 8H2",
  close: "M4 4l8 8M12 4l-8 8",
  copy: "M6 6V2h8v8h-4M2 6h8v8H2z",
} as const;
export type IconName = keyof typeof ICONS;
