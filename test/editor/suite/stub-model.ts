import * as vscode from 'vscode'

/** A call of a tool, as a model asks for it. */
export interface ToolCall {
  readonly name: string
  readonly input: object
}

/** What the model of a test answers: from what it was told so far, the tools to call, or the last word. */
export type Answer = (results: readonly string[]) => ToolCall | string

interface Progress {
  report(part: vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart): void
}

/** The part of `vscode.lm` with which models are offered; it came after the oldest editor that Headroom works in. */
interface ModelRegistry {
  registerLanguageModelChatProvider?(vendor: string, provider: object): vscode.Disposable
}

const vendor = 'headroom-stub'

/**
 * Offers a chat model that answers without a network; null in editors that take none. The extension in `stub-model/`
 * contributes its vendor.
 */
export function offerStubModel(answer: Answer): vscode.Disposable | null {
  const registry: typeof vscode.lm & ModelRegistry = vscode.lm
  let calls = 0
  return (
    registry.registerLanguageModelChatProvider?.(vendor, {
      provideLanguageModelChatInformation: () => [
        {
          id: 'stub',
          name: 'Stub',
          family: 'stub',
          version: '1',
          maxInputTokens: 100_000,
          maxOutputTokens: 10_000,
          capabilities: { toolCalling: true },
        },
      ],
      provideLanguageModelChatResponse(
        _model: unknown,
        messages: readonly vscode.LanguageModelChatMessage[],
        _options: unknown,
        progress: Progress,
      ) {
        const next = answer(messages.flatMap(resultsIn))
        if (typeof next === 'string') progress.report(new vscode.LanguageModelTextPart(next))
        else progress.report(new vscode.LanguageModelToolCallPart(`call-${++calls}`, next.name, next.input))
        return Promise.resolve()
      },
      provideTokenCount: () => Promise.resolve(1),
    }) ?? null
  )
}

function resultsIn({ content }: vscode.LanguageModelChatMessage): string[] {
  return content
    .filter((part) => part instanceof vscode.LanguageModelToolResultPart)
    .flatMap((part) => part.content)
    .filter((part) => part instanceof vscode.LanguageModelTextPart)
    .map(({ value }) => value)
}

/** The stub model, as an extension gets it. */
export async function stubModel(): Promise<vscode.LanguageModelChat | null> {
  const [model] = await vscode.lm.selectChatModels({ vendor })
  return model ?? null
}

/**
 * A chat as an extension holds it: sends a question with tools, calls those that the model asks for, and gives their results
 * back, until the model has its last word. Resolves to all results and that word.
 */
export async function chat(
  model: vscode.LanguageModelChat,
  question: string,
  tools: readonly vscode.LanguageModelToolInformation[],
): Promise<{ readonly results: readonly string[]; readonly word: string }> {
  const messages = [vscode.LanguageModelChatMessage.User(question)]
  const results: string[] = []
  for (;;) {
    const response = await model.sendRequest(messages, { tools: [...tools] })
    let word = ''
    const calls: vscode.LanguageModelToolCallPart[] = []
    for await (const part of response.stream) {
      if (part instanceof vscode.LanguageModelTextPart) word += part.value
      if (part instanceof vscode.LanguageModelToolCallPart) calls.push(part)
    }
    if (calls.length === 0) return { results, word }
    messages.push(vscode.LanguageModelChatMessage.Assistant(calls))
    for (const { callId, name, input } of calls) {
      const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined })
      results.push(
        ...content.flatMap((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : [])),
      )
      messages.push(
        vscode.LanguageModelChatMessage.User([new vscode.LanguageModelToolResultPart(callId, content)]),
      )
    }
  }
}
