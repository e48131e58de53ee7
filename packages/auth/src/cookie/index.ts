/**
 * Logins by an HTTP cookie, which another login has earned.
 *
 * @packageDocumentation
 */
export { type CookieOptions, cookie } from './cookie.js';
export { LoginCookies, type LoginCookiesOptions } from './login-cookies.js';
