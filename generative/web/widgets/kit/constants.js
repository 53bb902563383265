// Written by `python -m generative.web.widgets.constants`: what Python and the browser both know.

export const ACROSS = 10; // pictures in a row of a sheet
export const FRAME_MS = 80; // milliseconds of a frame, played and in an animation
export const GAP = 2; // pixels between the pictures of a saved grid
export const LARGEST_PICTURE = 67108864; // pixels of a saved picture
export const LONGEST_FORMULA = 1000; // characters
export const MAX_FILE_BYTES = 5000000; // of a file that is dropped
export const MAX_EXPORT_FRAMES = 400; // of an animation
export const MAX_EXPORT_CHARACTERS = 15000000; // of base64, of an animation
export const PANEL_GAP = 8; // pixels between two panels of a saved grid
export const SCALES = [1, 2, 4, 8, 16]; // sizes in which a picture can be saved: pixels a pixel
export const STRONGEST = 3.0; // amount of an attribute in a formula, either way
