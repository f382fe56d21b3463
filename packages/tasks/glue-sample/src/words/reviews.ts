import { lines, words } from "./list.js";

/** What is reviewed, and which aspects. */
export const reviewed: readonly { readonly subject: string; readonly aspects: readonly string[] }[] = lines(`
  film: plot ending acting dialogue music pace script camera-work
  novel: style story opening hero language humour translation cover
  restaurant: soup service menu bread wine dessert waiter lighting
  hotel: room bed view breakfast lobby staff garden bathroom
  concert: singer sound hall orchestra encore rhythm stage programme
  phone: screen battery camera speaker keyboard design software case
`).map((line) => {
  const [subject = "", aspects = ""] = line.split(":");
  return { subject, aspects: words(aspects) };
});

export const goodWords: readonly string[] = words(`
  wonderful excellent charming brilliant delightful superb impressive clever elegant pleasant lovely splendid gripping
  memorable refreshing graceful marvellous inspired rewarding satisfying fine admirable`);
export const badWords: readonly string[] = words(`
  dreadful terrible dull awful clumsy tedious boring disappointing weak poor unpleasant horrible annoying forgettable
  stale feeble miserable shabby tiresome painful mediocre hopeless`);

export const degrees: readonly string[] = words("very quite really truly rather simply remarkably thoroughly");
