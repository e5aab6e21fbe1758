.PHONY: help run check format docs bench
help: ## list what can be done here
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'
run: ## start the gateway on :8080
	mvn spring-boot:run
check: ## what CI checks: all tests, format, warnings
	mvn verify
format: ## format the Java sources
	mvn -q spotless:apply
docs: ## write the generated pages anew
	mvn -q test -Dtest='ConfigurationPageTest,RoutePictureTest,TranslationTableTest,ManifestsTest' -Ddocs.write=true
bench: ## measure CPU a request and added delay beside nginx
	bench/run
