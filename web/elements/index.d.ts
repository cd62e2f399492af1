/** Defines the elements: import it for that. They are in the docs, with their attributes. */
export {};
