export interface Recommendation {
  postId: number
  score: number
}

const recommendationsUrl = `http://127.0.0.1:${process.env.RECOMMENDATIONS_PORT || 3999}`

// Recommendations are optional: fall back to an empty list if the service is unavailable
export async function getRecommendations(userId: number): Promise<Recommendation[]> {
  try {
    const response = await fetch(`${recommendationsUrl}/recommendations?userId=${userId}`)
    if (!response.ok) {
      return []
    }
    return (await response.json()) as Recommendation[]
  } catch (error) {
    console.error('Recommendations service is not available:', error)
    return []
  }
}
