const vscode = require('vscode')

const model = {
  id: 'answering',
  name: 'Answering',
  family: 'answering',
  version: '1',
  maxInputTokens: 100_000,
  maxOutputTokens: 10_000,
  isUserSelectable: true,
  isDefault: true,
  capabilities: { toolCalling: true },
}

// Offers a chat model without a network, so that the editor's chat opens as it does for people who have one.
exports.activate = (context) => {
  const provider = {
    provideLanguageModelChatInformation: () => [model],
    provideLanguageModelChatResponse: async (_model, _messages, _options, progress) =>
      progress.report(new vscode.LanguageModelTextPart('Understood.')),
    provideTokenCount: async () => 1,
  }
  context.subscriptions.push(vscode.lm.registerLanguageModelChatProvider('headroom-answering', provider))
}
