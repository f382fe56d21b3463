/** A few rows a task, texts of our own in the hub's columns; a class is its index there. */
export const rows: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  imdb: [
    { text: "Two hours that felt like five.", label: 0 },
    { text: "I would see it again tomorrow.<br />And I will.", label: 1 },
  ],
  "ag-news": [
    { text: "Talks over the border resume in spring", label: 0 },
    { text: "Rowers win by a length", label: 1 },
    { text: "Bakery chain sells its mills", label: 2 },
    { text: "A probe lands on the far side", label: 3 },
  ],
  trec: [
    { text: "What does the letter K stand for ?", coarse_label: 0, fine_label: 1 },
    { text: "What tree keeps its needles ?", coarse_label: 1, fine_label: 16 },
    { text: "Why do bells ring ?", coarse_label: 2, fine_label: 27 },
    { text: "Who wound the clock ?", coarse_label: 3, fine_label: 29 },
    { text: "Where do the eels go ?", coarse_label: 4, fine_label: 35 },
    { text: "How many steps has the tower ?", coarse_label: 5, fine_label: 38 },
  ],
  "rotten-tomatoes": [
    { text: "the jokes arrive late and leave early .", label: 0 },
    { text: "small , warm and exactly long enough .", label: 1 },
  ],
  squad: [
    {
      id: "a1",
      title: "Mill",
      context: "The mill was built in 1731 by Jon Aske, a miller.",
      question: "Who built the mill?",
      answers: { text: ["Jon Aske", "Jon Aske, a miller", "Jon Aske"], answer_start: [30, 30, 30] },
    },
    {
      id: "a2",
      title: "Mill",
      context: "The mill was built in 1731 by Jon Aske, a miller.",
      question: "When was the mill built?",
      answers: { text: ["1731"], answer_start: [22] },
    },
  ],
  "e2e-nlg": [
    { meaning_representation: "name[The Kiln], food[Thai]", human_reference: "The Kiln serves Thai food." },
    { meaning_representation: "name[The Kiln], food[Thai]", human_reference: "Thai food is served at The Kiln." },
  ],
  samsum: [
    { id: "1", dialogue: "Ann: Lunch?\r\nBo: At one.", summary: "Ann and Bo have lunch at one." },
    { id: "2", dialogue: "Cy: I lost my key.\r\nDi: Come over.", summary: "Cy, who lost a key, goes to Di." },
  ],
};
