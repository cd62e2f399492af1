/** The icons of rows: symbols in `/icons.svg`, which the build makes. */

/** Sources that have an icon, by the name that the server gives them. */
export const SOURCE_ICONS: Readonly<Record<string, string>> = {
  "Brave Search": "brave",
  "Google News": "googlenews",
  "Hacker News": "ycombinator",
  "Product Hunt": "producthunt",
  "Stack Overflow": "stackoverflow",
  Baidu: "baidu",
  Bluesky: "bluesky",
  ChatGPT: "openai",
  Claude: "claude",
  Discord: "discord",
  DuckDuckGo: "duckduckgo",
  Ecosia: "ecosia",
  Facebook: "facebook",
  Gemini: "googlegemini",
  GitHub: "github",
  Gmail: "gmail",
  Google: "google",
  Instagram: "instagram",
  LinkedIn: "linkedin",
  Lobsters: "lobsters",
  Mastodon: "mastodon",
  Medium: "medium",
  Perplexity: "perplexity",
  Pinterest: "pinterest",
  Quora: "quora",
  Reddit: "reddit",
  Slack: "slack",
  Substack: "substack",
  Telegram: "telegram",
  Threads: "threads",
  TikTok: "tiktok",
  Twitch: "twitch",
  Twitter: "x",
  VK: "vk",
  WhatsApp: "whatsapp",
  Wikipedia: "wikipedia",
  YouTube: "youtube",
};

export function flag(country: string): string | null {
  return /^[A-Z]{2}$/.test(country) ? `/icons.svg#flag-${country}` : null;
}

export function sourceIcon(source: string): string | null {
  const icon = SOURCE_ICONS[source];
  return icon === undefined ? null : `/icons.svg#source-${icon}`;
}
