import { type FileInput, readFile } from "./extract/read.js";

// One file at a time, as extract.ts sends them; a file that eats time or memory costs this process and nothing else.
process.on("message", (input: FileInput) => {
  // The bytes come as a Buffer, which not every parser takes for the plain array it is.
  void readFile({ ...input, bytes: Uint8Array.from(input.bytes) }).then((result) => process.send?.(result));
});
// Whoever started it is gone.
process.on("disconnect", () => process.exit());
