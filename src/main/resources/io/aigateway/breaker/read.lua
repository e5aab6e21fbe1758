return answer('ok')
