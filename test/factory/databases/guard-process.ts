import { failureData } from '../../../src/model/failure.ts'
import { passMysql, passPostgres } from './guarded-connection.ts'

// Tries the guards as whoever runs this, and prints `passed` or the failure's code.
const [url = ''] = process.argv.slice(2)
try {
  await (url.startsWith('mysql:') ? passMysql(url) : passPostgres(url))
  console.log('passed')
} catch (error) {
  console.log(failureData(error).code, failureData(error).message)
}
