/**
 * What the bot says to customers by itself, for the phone previews. Customers read Chinese whatever
 * language the console is in; the server has the same words (`bot/menu.rs`).
 */
export const customer = {
  back: (word: string) => `回复 ${word} 返回上一级`,
  home: (word: string) => `回复 ${word} 回主菜单`,
  /** Between the ways of one line. */
  comma: '，',
  /** Shows the menu when the tenant has no word for it. */
  openMenu: '菜单',
  /** Above and below the questions that follow an answer. */
  related: '您可能还想了解：',
  relatedHow: '回复数字查看。',
  /** What a tenant begins with who wants to know whether answers help. */
  feedback: {
    question: '这个回答解决您的问题了吗？回复 Y 已解决，回复 N 未解决',
    solved_words: ['Y', '已解决', '解决了'],
    unsolved_words: ['N', '未解决', '没解决'],
    solved_text: '感谢您的反馈，祝您生活愉快！',
    unsolved_text: '很抱歉没有帮到您。您可以换个说法再问一次，或回复「转人工」由客服为您处理。',
  },
};
