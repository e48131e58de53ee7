/** Where on this machine one reaches what listens at a host, as a URL has it: what listens everywhere is reached at home. */
export function near(host: string): string {
  const address = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return address.includes(':') ? `[${address}]` : address;
}
