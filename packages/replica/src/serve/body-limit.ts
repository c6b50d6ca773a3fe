/** Largest body that is read into memory as a whole. */
export const bodyLimitBytes = 256 * 1024 * 1024;
