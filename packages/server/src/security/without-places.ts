/** A message in which files of this machine go by their last names. */
export const withoutPlaces = (message: string): string =>
  message.replace(/(?<![\w.:])(?:\/[\w.@+-]+)+\/([\w.@+-]+)/g, "$1");
