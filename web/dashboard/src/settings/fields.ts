/** The fields of a request, as the server names them in errors. */

/** Whether a problem with `field`, as in `domains[0]`, is about `name`, as in `domains`. */
export function isAbout(field: string | null, name: string): boolean {
  return field === name || field?.startsWith(`${name}[`) === true;
}
