/** Runs before every test file: whoever keeps what a socket only lent finds garbage in it. */
import { scribbleOverReads } from "@sluice/wire";

scribbleOverReads();
